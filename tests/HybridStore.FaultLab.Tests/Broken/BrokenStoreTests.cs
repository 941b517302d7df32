using System.Collections.Concurrent;
using HybridStore.Codec;
using HybridStore.Conformance.Tests.Broken;
using HybridStore.FaultLab.Bots;
using HybridStore.FaultLab.Checker;
using HybridStore.FaultLab.History;
using HybridStore.FaultLab.Report;
using HybridStore.FaultLab.Setups;
using HybridStore.InMemory;
using HybridStore.Tiers;

namespace HybridStore.FaultLab.Tests.Broken;

/// <summary>The laboratory's bots over tiers that are broken on purpose, and its judgement of what they were told.</summary>
public sealed class BrokenStoreTests : IDisposable
{
    private const int Enough = 150;

    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-lab-").FullName;
    private readonly string _masterKey = MasterKey.Generate().ToBase64();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task SoundStore_IsNotConvicted()
    {
        var verdict = await RunAsync(static cold => cold, static hot => hot);
        Assert.Empty(verdict.Violations);
        Assert.True(verdict.Acknowledged > 0);
    }

    [Fact]
    public async Task ForgetfulCold_LosesCommits() => Assert.Contains(
        (await RunAsync(static cold => new ForgetfulCold(cold), hot: null)).Violations.Keys,
        static v => v is Violation.LostCommit or Violation.StaleRead or Violation.VersionTwice);

    [Fact]
    public async Task LaggingCold_ShowsLessThanIsThere() => Assert.Contains(
        (await RunAsync(static cold => new LaggingCold(cold), hot: null)).Violations.Keys, static v => v is Violation.LostCommit or Violation.TornPatch or Violation.AbsentAnswered);

    [Fact]
    public async Task PiecemealCold_TearsPatches() => Assert.Contains(
        (await RunAsync(static cold => new PiecemealCold(cold), hot: null)).Violations.Keys, static v => v is Violation.TornPatch or Violation.GroupBroken or Violation.VersionTwice);

    [Fact]
    public async Task MissIsAbsentHot_AnswersAbsence() => Assert.Contains(
        (await RunAsync(static cold => cold, static hot => new MissIsAbsentHot(hot))).Violations.Keys, static v => v is Violation.AbsentAnswered or Violation.TornPatch or Violation.GroupBroken);

    /// <summary>Two bots of no lease over shared tiers, until they have tried often enough.</summary>
    private async Task<HistoryChecker> RunAsync(Func<IColdTier, IColdTier> cold, Func<IHotTier, IHotTier>? hot)
    {
        var setup = new Setup { Name = "broken", Lease = LeaseMode.Off, Sessions = 3, Pace = 1, MasterKey = _masterKey, QueuedShare = 0 };
        var brokenCold = cold(new Lasting(new InMemoryColdTier()));
        var histories = new ConcurrentBag<(int Writer, string Path)>();
        await Task.WhenAll(Enumerable.Range(1, 2).Select(writer => Task.Run(async () =>
        {
            var path = Path.Combine(_folder, $"{writer}.log");
            histories.Add((writer, path));
            using var log = new HistoryLog(path);
            await using var bot = new Bot(
                setup, writer, seed: writer, TimeSpan.Zero, log,
                time => new HybridAuthStore(brokenCold, hot?.Invoke(new InMemoryHotTier(64 * 1024 * 1024)), StoreFactory.OptionsOf(setup, setup.Lease), time));
            await bot.RunAsync(new UntilTried(bot, Enough));
        })));
        var laboratory = Path.Combine(_folder, "lab.log");
        await File.WriteAllTextAsync(laboratory, "");
        return Judge.Decide(setup.Name, laboratory, histories);
    }

    /// <summary>A tier that two stores share, so that neither disposes of it.</summary>
    private sealed class Lasting(IColdTier inner) : ColdDecorator(inner), IColdTier
    {
        ValueTask IAsyncDisposable.DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Says nothing, and then the end, once a bot has tried so often.</summary>
    private sealed class UntilTried(Bot bot, int often) : TextReader
    {
        public override async Task<string?> ReadLineAsync()
        {
            while (bot.Tried < often)
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            return null;
        }
    }
}
