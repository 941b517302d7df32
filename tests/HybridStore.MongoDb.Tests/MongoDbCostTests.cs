using HybridStore.MongoDb.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.MongoDb.Tests;

/// <summary>How many round trips calls take: as the documentation says, and the same in accounts of any size.</summary>
public sealed class MongoDbCostTests : MongoDbTierTest
{
    [Theory]
    [InlineData(10)]
    [InlineData(3_000)]
    public async Task Calls_InAccountsOfAnySize_TakeTheRoundTripsThatAreDocumented(int records)
    {
        var tier = await OpenCountedAsync();
        await MustAsync(tier, Creation(Patch([.. Enumerable.Range(0, records).Select(i => Set($"{i:D5}", length: 10))])));
        await tier.Tidying.Running;

        Assert.Equal(["aggregate"], await CountAsync(() => tier.ReadAsync(Session, [Record("00001")], false, Cancel).AsTask()));
        Assert.Equal(["aggregate"], await CountAsync(() => tier.ReadAsync(Session, [.. Enumerable.Range(0, 300).Select(i => Record($"{i:D5}"))], true, Cancel).AsTask()));
        Assert.Equal(["aggregate", "update", "update", "commitTransaction"], await CountAsync(() => MustAsync(tier, Commit(Patch(Set("00001", 2))))));
        Assert.Equal(
            ["aggregate", "update", "update", "delete", "commitTransaction"],
            await CountAsync(() => MustAsync(tier, Commit(Patch(Set("00001", 3), Set("00002", 3), new SealedChange(Record("00003"), null), new SealedChange(Record("00004"), null))))));
        var conditional = new SealedPatch { CommitId = CommitId.New(), Changes = [Set("00001", 4)], Expectations = [new AuthExpectation(Record("00001"), 3)] };
        Assert.Equal(["aggregate", "update", "update", "commitTransaction"], await CountAsync(() => MustAsync(tier, Commit(conditional))));
        Assert.Equal(["aggregate", "update", "update", "commitTransaction"], await CountAsync(() => MustAsync(tier, Commit(Patch(Set("00001", 5)), Patch(Set("00002", 5)), Patch(Set("00001", 6))))));

        var lease = new LeaseRef(Session, 1);
        Assert.Equal(
            ["aggregate", "update", "commitTransaction"],
            await CountAsync(async () => await tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromMinutes(1), MayQueue: false), Cancel)));
        Assert.Equal(["update"], await CountAsync(async () => Assert.Equal([true], await tier.Leases.RenewAsync([lease], TimeSpan.FromMinutes(1), Cancel))));
        Assert.Equal(["update"], await CountAsync(async () => Assert.True(await tier.Leases.ReleaseAsync(lease, drained: true, Cancel))));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3_000)]
    public async Task Calls_ThatBeginAndEndASession_TakeTheRoundTripsThatAreDocumented(int records)
    {
        var tier = await OpenCountedAsync();
        await tier.InitializeAsync(Cancel);
        await tier.Tidying.Running;

        Assert.Equal(
            ["aggregate", "insert", "insert", "insert", "commitTransaction"],
            await CountAsync(() => MustAsync(tier, Creation(Patch([.. Enumerable.Range(0, records).Select(i => Set($"{i:D5}", length: 10))])))));
        var (deletion, tidying) = await SplitAsync(tier);
        Assert.Equal(["aggregate", "delete", "update", "delete", "insert", "commitTransaction"], deletion);

        // Each step of the tidying looks for a life, for its records, and removes them; at the end the life's own note goes.
        Assert.Equal((records + 499) / 500 + 2, tidying.Count(static command => command == "delete"));

        // Again, and of a session that never was: it is gone already.
        Assert.Equal(["aggregate"], (await SplitAsync(tier)).Deletion);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3_000)]
    public async Task Commits_ThatKeepHistory_TakeTheRoundTripsThatAreDocumented(int records)
    {
        var tier = await OpenCountedAsync();
        var (all, some, recent) = (new ColdHistoryRetention { ExceptTypes = ["session"] }, new ColdHistoryRetention { MaxVersions = 2 }, new ColdHistoryRetention { Period = TimeSpan.FromDays(1) });
        await MustAsync(tier, Keeping(Creation(Patch([.. Enumerable.Range(0, records).Select(i => Set($"{i:D5}", length: 10))])), some));
        await tier.Tidying.Running;

        string[] usual = ["aggregate", "update", "update", "commitTransaction"];
        Assert.Equal(usual, await CountAsync(() => MustAsync(tier, Keeping(Commit(Patch(Set("00001", 2))), all))));
        Assert.Equal(["aggregate", "update", "update", "insert", "commitTransaction"], await CountAsync(() => MustAsync(tier, Keeping(Commit(Patch(Set("new", 3))), some))));
        string[] replacing = ["aggregate", "aggregate", "update", "update", "insert", "commitTransaction"];
        Assert.Equal(replacing, await CountAsync(() => MustAsync(tier, Keeping(Commit(Patch(Set("00001", 4))), some))));
        Assert.Equal(replacing, await CountAsync(() => MustAsync(tier, Keeping(Commit(Patch(Set("00001", 5), Set("00002", 5))), some))));
        Assert.Equal(replacing, await CountAsync(() => MustAsync(tier, Keeping(Commit(Patch(Set("00001", 6))), some))));
        Assert.Equal([.. replacing[..^1], "delete", "commitTransaction"], await CountAsync(() => MustAsync(tier, Keeping(Commit(Patch(Set("00001", 7))), some))));
        Assert.Equal(
            ["aggregate", "aggregate", "update", "update", "delete", "commitTransaction"],
            await CountAsync(() => MustAsync(tier, Keeping(Commit(Patch(Set("00003", 8))), recent with { ExceptTypes = ["session"] }))));
    }

    private async Task<(IReadOnlyList<string> Deletion, IReadOnlyList<string> Tidying)> SplitAsync(MongoDbColdTier tier)
    {
        var commands = await CountAsync(async () =>
        {
            await tier.DeleteSessionAsync(Session, Cancel);
            await tier.Tidying.Running;
        });
        int end = commands.IndexOf("commitTransaction") + 1;
        if (end == 0)
            end = 1;
        return (commands[..end], commands[end..]);
    }

    private async Task<List<string>> CountAsync(Func<Task> call)
    {
        Commands.Clear();
        await call();
        return [.. Commands];
    }
}
