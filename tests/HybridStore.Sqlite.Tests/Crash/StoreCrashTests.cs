using System.Globalization;
using HybridStore.Codec;
using HybridStore.Sqlite.CrashChild;
using HybridStore.Sqlite.Tests.Support;
using Xunit.Sdk;

namespace HybridStore.Sqlite.Tests.Crash;

/// <summary>
/// Processes that commit through a store and are killed with SIGKILL at random moments. More kills: <c>HYBRIDSTORE_CRASH_KILLS=5000</c>; the same
/// choices again: <c>HYBRIDSTORE_CRASH_SEED</c> as the failure says it (when the kills strike is the machine's choice too).
/// </summary>
public sealed class StoreCrashTests : IDisposable
{
    private const int Lanes = 4;

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Commits_ProcessIsKilled_EverythingAcknowledgedIsThereAndNothingIsTorn()
    {
        var kills = Setting("HYBRIDSTORE_CRASH_KILLS") ?? 200;
        var seed = Setting("HYBRIDSTORE_CRASH_SEED") ?? Random.Shared.Next();
        var lanes = Enumerable.Range(0, Lanes).Select(lane => new CrashLane(_folder.File($"crash-{lane}.db"), unchecked(seed + lane))).ToList();
        try
        {
            await Task.WhenAll(lanes.Select(lane => Task.Run(() => lane.RunAsync((kills + Lanes - 1) / Lanes, Cancel), Cancel)));
        }
        catch (XunitException e)
        {
            throw new XunitException($"HYBRIDSTORE_CRASH_SEED={seed}: {e.Message}", e);
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{kills} kills: {lanes.Sum(l => l.Ledger.Acknowledged)} commits acknowledged, {lanes.Sum(l => l.Ledger.KeptUnheard)} kept that nobody heard of, "
            + $"{lanes.Sum(l => l.Ledger.MadeAgain)} made again");
        Assert.True(lanes.Sum(l => l.Ledger.Acknowledged) > kills);
    }

    /// <summary>The check itself: it finds a commit that was acknowledged and is gone, a patch of which only a part is there, and a value that changed on the medium.</summary>
    [Theory]
    [InlineData("nothing", null)]
    [InlineData("lost commit", "is kept; in the store is")]
    [InlineData("lost step", "of crash/churn was told to be kept")]
    [InlineData("torn patch", "the patch is torn")]
    [InlineData("torn patch, by version", "the patch is torn")]
    [InlineData("torn import", "crash/churn is torn")]
    [InlineData("damaged envelope", "did not open")]
    public async Task Check_OfWhatWasKept_FindsWhatIsPlanted(string planted, string? finding)
    {
        var path = _folder.File("planted.db");
        using var masterKey = MasterKey.Generate();
        var key = masterKey.ToBase64();
        var ledger = new CrashLedger();
        using (var enough = new CancellationTokenSource())
        {
            var line = new Lock();
            var lines = 0;
            await StoreCommitters.RunAsync(
                path,
                key,
                text =>
                {
                    lock (line)
                    {
                        ledger.Note(text);
                        if (++lines == 60)
                            enough.Cancel();
                    }
                },
                enough.Token);
        }

        await using (var store = StoreCommitters.Open(path, key))
        {
            var head = await store.GetAsync(CrashWorkload.SessionOf(1), CrashWorkload.Head(1), Cancel);
            var number = CrashWorkload.NumberIn(head);
            var churn = await store.GetManyAsync(CrashWorkload.Churn, [], Cancel);
            var step = CrashWorkload.ChurnStepAt(churn.Incarnation, churn.SessionVersion);
            var second = CrashWorkload.KeysOf(1)[1];
            switch (planted)
            {
                case "lost commit":
                    ledger.Note(string.Create(CultureInfo.InvariantCulture, $"1 {number + 1} {head.Version + 1}"));
                    ledger.Note(string.Create(CultureInfo.InvariantCulture, $"1 {number + 2} {head.Version + 2}"));
                    await store.CommitAsync(CrashWorkload.SessionOf(1), new AuthPatch().Set("other", "1", new byte[1]).Set("other", "2", new byte[1]), Cancel);
                    await store.CommitAsync(CrashWorkload.SessionOf(1), new AuthPatch().Set("other", "3", new byte[1]), Cancel);
                    break;
                case "lost step":
                    ledger.Note(string.Create(CultureInfo.InvariantCulture, $"churn {step + 1}"));
                    break;
                case "torn patch":
                    await store.CommitAsync(CrashWorkload.SessionOf(1), new AuthPatch().Set(second, CrashWorkload.Value(1, second, number + 1)), Cancel);
                    break;
                case "torn patch, by version":
                    await store.CommitAsync(CrashWorkload.SessionOf(1), new AuthPatch().Set(second, CrashWorkload.Value(1, second, number)), Cancel);
                    break;
                case "torn import":
                    for (; step % 4 != 1; ledger.Note(string.Create(CultureInfo.InvariantCulture, $"churn {step}")))
                        await CrashWorkload.ChurnAsync(store, ++step, Cancel);
                    TierTest.Execute(path, "DELETE FROM record WHERE type = 'pre-key' AND id = '00020'");
                    break;
                case "damaged envelope":
                    TierTest.Execute(path, "UPDATE record SET envelope = substr(envelope, 1, length(envelope) - 1) || x'00' WHERE type = 'session'");
                    TierTest.Execute(path, "UPDATE record SET envelope = substr(envelope, 1, length(envelope) - 1) || x'01' WHERE type = 'session' AND rowid % 2 = 0");
                    break;
            }
        }

        await using var found = StoreCommitters.Open(path, key);
        var failure = await Record.ExceptionAsync(() => ledger.CheckAsync(found, new Random(1), Cancel));

        if (finding is null)
            Assert.Null(failure);
        else
            Assert.Contains(finding, failure?.Message, StringComparison.Ordinal);
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
