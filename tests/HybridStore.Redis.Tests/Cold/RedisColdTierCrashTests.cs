using System.Collections.Concurrent;
using HybridStore.Tiers;

namespace HybridStore.Redis.Tests.Cold;

/// <summary>The server is killed while many commit to it, and started again.</summary>
public sealed class RedisColdTierCrashTests : ColdTest
{
    private const int Sessions = 8;
    private static readonly string[] Ids = ["a", "b", "c"];

    [Fact]
    public async Task Commits_ServerIsKilledAgainAndAgain_AreKeptWhenAcknowledgedAndWholeInAnyCase()
    {
        await StartDurableAsync();
        var tier = Open(o => o.OperationTimeout = TimeSpan.FromSeconds(5));
        var acknowledged = new long[Sessions];
        for (var i = 0; i < Sessions; i++)
            Assert.Equal(ColdCommitStatus.Committed, (await tier.CommitAsync(CreationOf(Of(i), Fill(1)), Cancel)).Status);
        Array.Fill(acknowledged, 1);
        var unknown = new ConcurrentDictionary<int, ColdCommit>();

        for (var round = 0; round < 3; round++)
        {
            using var killed = new CancellationTokenSource();
            using var running = new CountdownEvent(Sessions);
            var committing = Task.WhenAll(Enumerable.Range(0, Sessions).Select(i => Task.Run(() => CommitUntilAsync(tier, i, acknowledged, unknown, running, killed.Token), Cancel)));
            await Support.Eventually.TrueAsync(() => running.IsSet, "some commits of every session");
            await Server.KillAsync();
            await killed.CancelAsync();
            await committing;

            await Server.StartAgainAsync();
            await Support.Eventually.TrueAsync(() => IsUpAsync(tier), "the connection");
            for (var i = 0; i < Sessions; i++)
                await CheckAsync(tier, i, acknowledged, unknown);
        }
    }

    private static AuthSessionId Of(int i) => new("t", $"{i}");

    private static SealedPatch Fill(long version) => Patch([.. Ids.Select(id => Set(id, (byte)version))]);

    private static ColdCommit CommitTo(int i, long version) => new() { Session = Of(i), Incarnation = 1, SealedWith = Key1.Id, Patches = [Fill(version)] };

    private static async Task CommitUntilAsync(
        RedisColdTier tier, int i, long[] acknowledged, ConcurrentDictionary<int, ColdCommit> unknown, CountdownEvent running, CancellationToken killed)
    {
        for (var done = 0; ; done++)
        {
            var commit = CommitTo(i, acknowledged[i] + 1);
            try
            {
                var result = await tier.CommitAsync(commit, CancellationToken.None);
                Assert.Equal((ColdCommitStatus.Committed, acknowledged[i] + 1), (result.Status, result.Version));
                acknowledged[i] = result.Version;
                if (done == 20)
                    running.Signal();
            }
            catch (CommitOutcomeUnknownException)
            {
                unknown[i] = commit;
                return;
            }
            catch (StoreUnavailableException)
            {
                // It was not made, and the server is gone.
                if (killed.IsCancellationRequested)
                    return;
                await Task.Yield();
            }
        }
    }

    private static async Task<bool> IsUpAsync(RedisColdTier tier)
    {
        try
        {
            return (await tier.ReadAsync(Of(0), [], false, Cancel)).Head is not null;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private static async Task CheckAsync(RedisColdTier tier, int i, long[] acknowledged, ConcurrentDictionary<int, ColdCommit> unknown)
    {
        var read = await tier.ReadAsync(Of(i), [.. Ids.Select(Record)], withDataKeys: true, Cancel);
        var version = read.Head!.Version;
        Assert.InRange(version, acknowledged[i], acknowledged[i] + (unknown.ContainsKey(i) ? 1 : 0));
        Assert.All(read.Records, r => Assert.Equal((version, (byte)version), (r.Version, r.Envelope.Span[0])));
        Assert.Equal(version, read.Commits[^1].Version);

        if (unknown.TryRemove(i, out var commit))
        {
            var wasMade = version > acknowledged[i];
            var again = await tier.CommitAsync(commit, Cancel);
            Assert.Equal((wasMade ? ColdCommitStatus.Repeated : ColdCommitStatus.Committed, acknowledged[i] + 1), (again.Status, again.Version));
            acknowledged[i]++;
        }
    }
}
