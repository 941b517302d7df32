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

    private async Task<IEnumerable<string>> CountAsync(Func<Task> call)
    {
        Commands.Clear();
        await call();
        return [.. Commands];
    }
}
