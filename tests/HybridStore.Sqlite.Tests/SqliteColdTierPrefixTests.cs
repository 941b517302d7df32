using HybridStore.Sqlite.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Tests;

/// <summary>Cold always holds a prefix of a session's commit order.</summary>
public sealed class SqliteColdTierPrefixTests : TierTest
{
    [Fact]
    public async Task Commit_PatchesInOrder_AreAppliedAsOne()
    {
        await CreateAsync();
        var result = await Tier.CommitAsync(Commit(PatchAt(1, 2, Set("b")), PatchAt(2, 3, Set("c")), Patch(Set("d"))), Cancel);

        Assert.Equal((ColdCommitStatus.Committed, 4, 1), (result.Status, result.Version, result.PreviousVersion));
        Assert.Equal([2, 3, 4], (await ReadAsync("b", "c", "d")).Records.Select(r => r.Version));
    }

    [Fact]
    public async Task Commit_FirstPatchesOfANewSession_StartAtZero()
    {
        var result = await Tier.CommitAsync(Creation(PatchAt(0, 1, Set("a")), PatchAt(1, 2, Set("b"))), Cancel);
        Assert.Equal((ColdCommitStatus.Committed, 2, 0), (result.Status, result.Version, result.PreviousVersion));
    }

    [Fact]
    public async Task Commit_PatchesThatAreThere_AreSkipped()
    {
        await CreateAsync();
        var second = PatchAt(1, 2, Set("b", 2));
        await Tier.CommitAsync(Commit(second), Cancel);
        await Tier.CommitAsync(Commit(PatchAt(2, 3, Set("b", 3))), Cancel);

        var result = await Tier.CommitAsync(Commit(second, PatchAt(2, 3, Set("b", 99)), PatchAt(3, 4, Set("c", 4))), Cancel);

        Assert.Equal((ColdCommitStatus.Committed, 4, 3), (result.Status, result.Version, result.PreviousVersion));
        Assert.Equal(3, (await ReadAsync("b")).Records[0].Envelope.Span[0]);
    }

    [Fact]
    public async Task Commit_AllThereUnderOtherIds_IsRepeatedAtItsOwnVersion()
    {
        await CreateAsync();
        await Tier.CommitAsync(Commit(PatchAt(1, 5, Set("b", 5))), Cancel);

        var result = await Tier.CommitAsync(Commit(PatchAt(1, 2, Set("b", 2))), Cancel);

        Assert.Equal((ColdCommitStatus.Repeated, 2), (result.Status, result.Version));
        Assert.Equal(5, (await ReadAsync("b")).Records[0].Envelope.Span[0]);
    }

    [Fact]
    public async Task Commit_SomethingBeforeIsMissing_IsOutOfOrder()
    {
        await CreateAsync();
        var result = await Tier.CommitAsync(Commit(PatchAt(1, 2, Set("b")), PatchAt(3, 4, Set("d"))), Cancel);

        Assert.Equal(new ColdCommitResult { Status = ColdCommitStatus.OutOfOrder, Incarnation = 1, Version = 1 }, result);
        Assert.False((await ReadAsync("b")).Records[0].Exists);
    }

    [Fact]
    public async Task Commit_NewSessionFromTheMiddle_IsOutOfOrder()
    {
        Assert.Equal(ColdCommitStatus.OutOfOrder, (await Tier.CommitAsync(Creation(PatchAt(4, 5, Set("a"))), Cancel)).Status);
        Assert.Null(await HeadAsync());
    }

    [Fact]
    public async Task Commit_RangeThatStraddlesTheVersion_IsOutOfOrder()
    {
        await CreateAsync();
        await Tier.CommitAsync(Commit(Patch(Set("b", 2))), Cancel);
        Assert.Equal(ColdCommitStatus.OutOfOrder, (await Tier.CommitAsync(Commit(PatchAt(1, 4, Set("b", 4))), Cancel)).Status);
    }

    [Fact]
    public async Task Commit_CoalescedRange_TakesItsLastVersionAndForgetsTheIdsBetween()
    {
        var ids = new List<ColdCommit> { Creation(Patch(Set("a"))) };
        for (int i = 0; i < 63; i++)
            ids.Add(Commit(Patch(Set("a"))));
        foreach (var commit in ids)
            await Tier.CommitAsync(commit, Cancel);
        var range = PatchAt(64, 69, Set("b", 9));

        var result = await Tier.CommitAsync(Commit(range), Cancel);

        Assert.Equal((ColdCommitStatus.Committed, 69, 64), (result.Status, result.Version, result.PreviousVersion));
        Assert.Equal(69, (await ReadAsync("b")).Records[0].Version);
        Assert.Equal((ColdCommitStatus.Repeated, 69), Short(await Tier.CommitAsync(Commit(range), Cancel)));

        // Versions 1 to 5 had the slots of 65 to 69, of which only the last is anybody's now.
        Assert.Equal((ColdCommitStatus.Repeated, 6), Short(await Tier.CommitAsync(ids[5], Cancel)));
        Assert.Equal((ColdCommitStatus.Committed, 70), Short(await Tier.CommitAsync(ids[0], Cancel)));

        static (ColdCommitStatus, long) Short(ColdCommitResult result) => (result.Status, result.Version);
    }

    [Fact]
    public async Task Commit_UnplacedPatchThatIsThereBeforeANewOne_IsNotAppliedTwice()
    {
        await CreateAsync();
        var known = Patch(Set("b", 2));
        await Tier.CommitAsync(Commit(known), Cancel);
        await Tier.CommitAsync(Commit(Patch(Set("b", 3))), Cancel);

        var result = await Tier.CommitAsync(Commit(known, Patch(Set("c"))), Cancel);

        Assert.Equal((ColdCommitStatus.Committed, 4), (result.Status, result.Version));
        Assert.Equal(3, (await ReadAsync("b")).Records[0].Envelope.Span[0]);
    }

    [Fact]
    public async Task Commit_ConflictInALaterPatch_UndoesTheEarlierOnes()
    {
        await CreateAsync();
        var conflicting = new SealedPatch { CommitId = CommitId.New(), Changes = [Set("c")], Expectations = [new AuthExpectation(Record("b"), 7)] };

        var result = await Tier.CommitAsync(Commit(Patch(Set("b")), conflicting), Cancel);

        Assert.Equal((ColdCommitStatus.Conflict, 1, new CommitConflict(Record("b"), 7, 2)), (result.Status, result.Version, result.Conflict));
        Assert.False((await ReadAsync("b")).Records[0].Exists);
        Assert.Equal(1, (await HeadAsync())!.Version);
    }
}
