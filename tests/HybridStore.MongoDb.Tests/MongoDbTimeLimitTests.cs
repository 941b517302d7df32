using HybridStore.MongoDb.Tests.Support;
using HybridStore.Tiers;
using MongoDB.Bson;

namespace HybridStore.MongoDb.Tests;

/// <summary>A server that ends what takes too long: 50, MaxTimeMSExpired, "operation exceeded time limit" (mongodb/mongo: src/mongo/base/error_codes.yml).</summary>
public sealed class MongoDbTimeLimitTests : MongoDbTierTest
{
    private static BsonDocument Expired { get; } = ScramUser.Error(50, "MaxTimeMSExpired", "operation exceeded time limit");

    [Fact]
    public async Task Read_TakesTooLong_IsUnavailableAndNeverAbsence()
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        await MustAsync(tier, Creation(Patch(Set("a"))));
        proxy.Answer = Expired;
        proxy.Decide = static name => name == "aggregate" ? ProxyAction.Refuse : ProxyAction.Pass;

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.ReadAsync(Session, [Record("a")], false, Cancel));

        Assert.True(failure.IsTransient);
        Assert.Contains("did not finish", failure.Message, StringComparison.Ordinal);
        proxy.Decide = static _ => ProxyAction.Pass;
        Assert.True((await tier.ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Exists);
    }

    [Theory]
    [InlineData("aggregate", 1)]
    [InlineData("update", 1)]
    [InlineData("update", 2)]
    [InlineData("delete", 1)]
    public async Task Commit_ACommandTakesTooLong_IsUnavailableAndChangesNothing(string command, int occurrence)
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        await MustAsync(tier, Creation(Patch(Set("a"), Set("b"))));
        int seen = 0;
        proxy.Answer = Expired;
        proxy.Decide = name => name == command && Interlocked.Increment(ref seen) == occurrence ? ProxyAction.Refuse : ProxyAction.Pass;
        var commit = Commit(Patch(Set("a", 2), new SealedChange(Record("b"), null)));

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.CommitAsync(commit, Cancel));

        Assert.True(failure.IsTransient);
        var read = await tier.ReadAsync(Session, [Record("a"), Record("b")], false, Cancel);
        Assert.Equal((1, 1, 1), (read.Head!.Version, read.Records[0].Version, read.Records[1].Version));
        Assert.Equal(2, (await tier.CommitAsync(commit, Cancel)).Version);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_ItsEndTakesTooLongOnce_IsKeptOnce(bool wasCarriedOut)
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        await MustAsync(tier, Creation(Patch(Set("a"))));
        int seen = 0;
        proxy.Answer = Expired;
        proxy.Decide = name => name != "commitTransaction" || Interlocked.Increment(ref seen) > 1 ? ProxyAction.Pass : wasCarriedOut ? ProxyAction.AnswerOtherwise : ProxyAction.Refuse;

        var result = await tier.CommitAsync(Commit(Patch(Set("a", 2))), Cancel);

        Assert.True(result.Status is ColdCommitStatus.Committed or ColdCommitStatus.Repeated, $"{result.Status}");
        Assert.Equal((2, 2), (result.Version, (await tier.ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Version));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_ItsEndAlwaysTakesTooLong_IsUnknownAndARepeatTells(bool wasCarriedOut)
    {
        var (tier, proxy) = await OpenBehindProxyAsync(TimeSpan.FromSeconds(3));
        await MustAsync(tier, Creation(Patch(Set("a"))));
        proxy.Answer = Expired;
        proxy.Decide = name => name != "commitTransaction" ? ProxyAction.Pass : wasCarriedOut ? ProxyAction.AnswerOtherwise : ProxyAction.Refuse;
        var commit = Commit(Patch(Set("a", 2)));

        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await tier.CommitAsync(commit, Cancel));

        proxy.Decide = static _ => ProxyAction.Pass;
        var repeat = await (await OpenAsync()).CommitAsync(commit, Cancel);
        Assert.Equal((wasCarriedOut ? ColdCommitStatus.Repeated : ColdCommitStatus.Committed, 2), (repeat.Status, repeat.Version));
    }
}
