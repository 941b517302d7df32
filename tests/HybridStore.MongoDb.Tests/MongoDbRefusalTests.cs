using HybridStore.MongoDb.Tests.Support;
using HybridStore.Tiers;
using MongoDB.Bson;

namespace HybridStore.MongoDb.Tests;

/// <summary>A primary that steps down, and one whose disk is full: in answers as a server gives them, at each point of a commit.</summary>
public sealed class MongoDbRefusalTests : MongoDbTierTest
{
    private const int NotWritablePrimary = 10107;
    private const int PrimarySteppedDown = 189;
    private const int InterruptedDueToReplStateChange = 11602;
    private const int NoSuchTransaction = 251;
    private const int OutOfDiskSpace = 14031;

    public static TheoryData<string, int, int, bool> StepDowns { get; } = new()
    {
        { "aggregate", 1, NotWritablePrimary, false },
        { "update", 1, NotWritablePrimary, false }, { "update", 1, InterruptedDueToReplStateChange, true },
        { "update", 2, PrimarySteppedDown, false }, { "update", 2, NotWritablePrimary, true },
        { "delete", 1, NoSuchTransaction, false },
        { "commitTransaction", 1, NotWritablePrimary, false }, { "commitTransaction", 1, InterruptedDueToReplStateChange, true },
        { "commitTransaction", 1, NoSuchTransaction, false },
    };

    [Theory]
    [MemberData(nameof(StepDowns))]
    public async Task Commit_PrimaryStepsDownMeanwhile_IsKeptOnce(string command, int occurrence, int code, bool wasCarriedOut)
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        await MustAsync(tier, Creation(Patch(Set("a"), Set("b"))));
        int seen = 0;
        proxy.Answer = SteppedDown(command, code);
        proxy.Decide = name => name == command && Interlocked.Increment(ref seen) == occurrence
            ? wasCarriedOut ? ProxyAction.AnswerOtherwise : ProxyAction.Refuse
            : ProxyAction.Pass;

        var result = await tier.CommitAsync(Commit(Patch(Set("a", 2), new SealedChange(Record("b"), null))), Cancel);

        Assert.True(seen >= occurrence);
        Assert.True(result.Status is ColdCommitStatus.Committed or ColdCommitStatus.Repeated, $"{result.Status}");
        Assert.Equal(2, result.Version);
        var read = await tier.ReadAsync(Session, [Record("a"), Record("b")], false, Cancel);
        Assert.Equal((2, 2, 0), (read.Head!.Version, read.Records[0].Version, read.Records[1].Version));
    }

    [Theory]
    [InlineData("aggregate")]
    [InlineData("update")]
    public async Task Commit_NoPrimaryUntilTheDeadline_IsUnavailableAndChangesNothing(string command)
    {
        var (tier, proxy) = await OpenBehindProxyAsync(TimeSpan.FromSeconds(3));
        await MustAsync(tier, Creation(Patch(Set("a"))));
        proxy.Answer = SteppedDown(command, NotWritablePrimary);
        proxy.Decide = name => name == command ? ProxyAction.Refuse : ProxyAction.Pass;

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.CommitAsync(Commit(Patch(Set("a", 2))), Cancel));

        Assert.Equal("mongodb", failure.Tier);
        proxy.Decide = static _ => ProxyAction.Pass;
        var patient = await OpenAsync();
        Assert.Equal(1, (await patient.ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Version);
        await MustAsync(patient, Commit(Patch(Set("a", 3))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_PrimaryStepsDownAtItsEndForGood_IsUnknownAndARepeatTells(bool wasCarriedOut)
    {
        var (tier, proxy) = await OpenBehindProxyAsync(TimeSpan.FromSeconds(3));
        await MustAsync(tier, Creation(Patch(Set("a"))));
        proxy.Answer = SteppedDown("commitTransaction", NotWritablePrimary);
        proxy.Decide = name => name != "commitTransaction" ? ProxyAction.Pass : wasCarriedOut ? ProxyAction.AnswerOtherwise : ProxyAction.Refuse;
        var commit = Commit(Patch(Set("a", 2)));

        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await tier.CommitAsync(commit, Cancel));

        proxy.Decide = static _ => ProxyAction.Pass;
        var repeat = await (await OpenAsync()).CommitAsync(commit, Cancel);
        Assert.Equal((wasCarriedOut ? ColdCommitStatus.Repeated : ColdCommitStatus.Committed, 2), (repeat.Status, repeat.Version));
    }

    [Fact]
    public async Task Read_NoPrimaryUntilTheDeadline_IsUnavailableAndNeverAbsence()
    {
        var (tier, proxy) = await OpenBehindProxyAsync(TimeSpan.FromSeconds(2));
        await MustAsync(tier, Creation(Patch(Set("a"))));
        proxy.Answer = SteppedDown("aggregate", NotWritablePrimary);
        proxy.Decide = static name => name == "aggregate" ? ProxyAction.Refuse : ProxyAction.Pass;

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.ReadAsync(Session, [Record("a")], false, Cancel));

        proxy.Decide = static _ => ProxyAction.Pass;
        Assert.True((await tier.ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Exists);
    }

    [Theory]
    [InlineData("update", 1, false)]
    [InlineData("update", 1, true)]
    [InlineData("update", 2, false)]
    [InlineData("update", 2, true)]
    [InlineData("delete", 1, true)]
    [InlineData("commitTransaction", 1, false)]
    public async Task Commit_DiskIsFull_IsSaidAndChangesNothing(string command, int occurrence, bool isWriteError)
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        await MustAsync(tier, Creation(Patch(Set("a"), Set("b"))));
        int seen = 0;
        proxy.Answer = DiskFull(isWriteError);
        proxy.Decide = name => name == command && Interlocked.Increment(ref seen) == occurrence ? ProxyAction.Refuse : ProxyAction.Pass;
        var commit = Commit(Patch(Set("a", 2), new SealedChange(Record("b"), null)));

        var refusal = await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.CommitAsync(commit, Cancel));

        Assert.Equal(StoreUnusableReason.Full, refusal.Reason);
        Assert.DoesNotContain("/data/secret", refusal.Message, StringComparison.Ordinal);
        var read = await tier.ReadAsync(Session, [Record("a"), Record("b")], false, Cancel);
        Assert.Equal((1, 1, 1), (read.Head!.Version, read.Records[0].Version, read.Records[1].Version));

        // With space again, the same patch goes on where it was.
        Assert.Equal(2, (await tier.CommitAsync(commit, Cancel)).Version);
    }

    [Fact]
    public async Task Delete_DiskIsFull_IsSaidAndTheSessionStays()
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        await MustAsync(tier, Creation(Patch(Set("a"))));
        proxy.Answer = DiskFull(isWriteError: false);
        proxy.Decide = static name => name == "insert" ? ProxyAction.Refuse : ProxyAction.Pass;

        Assert.Equal(StoreUnusableReason.Full, (await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.DeleteSessionAsync(Session, Cancel))).Reason);

        proxy.Decide = static _ => ProxyAction.Pass;
        Assert.True((await tier.ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Exists);
        Assert.True((await tier.DeleteSessionAsync(Session, Cancel)).Existed);
    }

    /// <summary>It was committed, but the server can't say that a majority has it: that is no refusal.</summary>
    [Theory]
    [InlineData(64)]
    [InlineData(79)]
    [InlineData(100)]
    public async Task Commit_MajorityIsNotConfirmed_IsUnknownAndARepeatTells(int code)
    {
        var (tier, proxy) = await OpenBehindProxyAsync(TimeSpan.FromSeconds(3));
        await MustAsync(tier, Creation(Patch(Set("a"))));
        proxy.Answer = new BsonDocument { { "ok", 1 }, { "writeConcernError", new BsonDocument { { "code", code }, { "errmsg", "not enough members" } } } };
        proxy.Decide = static name => name == "commitTransaction" ? ProxyAction.AnswerOtherwise : ProxyAction.Pass;
        var commit = Commit(Patch(Set("a", 2)));

        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await tier.CommitAsync(commit, Cancel));

        proxy.Decide = static _ => ProxyAction.Pass;
        var repeat = await (await OpenAsync()).CommitAsync(commit, Cancel);
        Assert.Equal((ColdCommitStatus.Repeated, 2), (repeat.Status, repeat.Version));
    }

    // The label is the server's: what failed before the commit was sent may be done again as a whole, a commit that was interrupted may be sent again.
    private static BsonDocument SteppedDown(string command, int code) => new()
    {
        { "ok", 0 },
        { "code", code },
        { "errmsg", code == NoSuchTransaction ? "Transaction 1 has been aborted." : "not primary" },
        { "errorLabels", new BsonArray { command == "commitTransaction" && code != NoSuchTransaction ? "RetryableWriteError" : "TransientTransactionError" } },
    };

    private static BsonDocument DiskFull(bool isWriteError)
    {
        const string Text = "/data/secret: No space left on device";
        return isWriteError
            ? new BsonDocument { { "ok", 1 }, { "n", 0 }, { "writeErrors", new BsonArray { new BsonDocument { { "index", 0 }, { "code", OutOfDiskSpace }, { "errmsg", Text } } } } }
            : new BsonDocument { { "ok", 0 }, { "code", OutOfDiskSpace }, { "codeName", "OutOfDiskSpace" }, { "errmsg", Text } };
    }
}
