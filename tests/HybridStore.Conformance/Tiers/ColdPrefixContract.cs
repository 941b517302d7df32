using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>Cold always holds a prefix of a session's commit order.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
[Promise(2, 6)]
public abstract class ColdPrefixContract<TFixture> : ColdTierContract<TFixture>
    where TFixture : ColdTierFixture, new()
{
    /// <summary>Several patches in order are one transaction.</summary>
    [Fact]
    public async Task Commit_PatchesInOrder_AreAppliedAsOne()
    {
        await CreateAsync();
        var result = await CommitAsync(Commit(PatchAt(1, 2, Set("b")), PatchAt(2, 3, Set("c")), Patch(Set("d"))));

        Assert.Equal((ColdCommitStatus.Committed, 4, 1), (result.Status, result.Version, result.PreviousVersion));
        Assert.Equal([2, 3, 4], (await ReadAsync("b", "c", "d")).Records.Select(r => r.Version));
    }

    /// <summary>A new session begins at 0.</summary>
    [Fact]
    public async Task Commit_FirstPatchesOfANewSession_StartAtZero()
    {
        var result = await CommitAsync(Creation(PatchAt(0, 1, Set("a")), PatchAt(1, 2, Set("b"))));
        Assert.Equal((ColdCommitStatus.Committed, 2, 0), (result.Status, result.Version, result.PreviousVersion));
    }

    /// <summary>What is there already is skipped.</summary>
    [Fact]
    public async Task Commit_PatchesThatAreThere_AreSkipped()
    {
        await CreateAsync();
        var second = PatchAt(1, 2, Set("b", 2));
        await CommitAsync(Commit(second));
        await CommitAsync(Commit(PatchAt(2, 3, Set("b", 3))));

        var result = await CommitAsync(Commit(second, PatchAt(2, 3, Set("b", 99)), PatchAt(3, 4, Set("c", 4))));

        Assert.Equal((ColdCommitStatus.Committed, 4, 3), (result.Status, result.Version, result.PreviousVersion));
        Assert.Equal(3, (await ReadAsync("b")).Records[0].Envelope.Span[0]);
    }

    /// <summary>All there under other ids, which a coalesced range took in: a repeat, at the patch's own version.</summary>
    [Fact]
    public async Task Commit_AllThereUnderOtherIds_IsRepeatedAtItsOwnVersion()
    {
        await CreateAsync();
        await CommitAsync(Commit(PatchAt(1, 5, Set("b", 5))));

        Assert.Equal((ColdCommitStatus.Repeated, 2), Short(await CommitAsync(Commit(PatchAt(1, 2, Set("b", 2))))));
        Assert.Equal(5, (await ReadAsync("b")).Records[0].Envelope.Span[0]);
    }

    /// <summary>A patch whose predecessor is missing is refused with all that came with it.</summary>
    [Fact]
    [Promise(2, 3)]
    public async Task Commit_SomethingBeforeIsMissing_IsOutOfOrder()
    {
        await CreateAsync();
        var before = await StateAsync();

        var result = await CommitAsync(Commit(PatchAt(1, 2, Set("b")), PatchAt(3, 4, Set("d"))));

        Assert.Equal(new ColdCommitResult { Status = ColdCommitStatus.OutOfOrder, Incarnation = 1, Version = 1 }, result);
        Assert.Equal(before, await StateAsync());
    }

    /// <summary>A new session can't begin in the middle.</summary>
    [Fact]
    public async Task Commit_NewSessionFromTheMiddle_IsOutOfOrder()
    {
        Assert.Equal(ColdCommitStatus.OutOfOrder, (await CommitAsync(Creation(PatchAt(4, 5, Set("a"))))).Status);
        Assert.Null(await HeadAsync());
    }

    /// <summary>A range that begins below the session's version and ends above it can't be cut.</summary>
    [Fact]
    public async Task Commit_RangeThatStraddlesTheVersion_IsOutOfOrder()
    {
        await CreateAsync();
        await CommitAsync(Commit(Patch(Set("b", 2))));
        Assert.Equal(ColdCommitStatus.OutOfOrder, (await CommitAsync(Commit(PatchAt(1, 4, Set("b", 4))))).Status);
    }

    /// <summary>A coalesced range takes its last version; the ids between are nobody's.</summary>
    [Fact]
    public async Task Commit_CoalescedRange_TakesItsLastVersionAndForgetsTheIdsBetween()
    {
        var commits = new List<ColdCommit> { Creation(Patch(Set("a"))) };
        for (var i = 0; i < 63; i++)
            commits.Add(Commit(Patch(Set("a"))));
        foreach (var commit in commits)
            await CommitAsync(commit);
        var range = PatchAt(64, 69, Set("b", 9));

        var result = await CommitAsync(Commit(range));

        Assert.Equal((ColdCommitStatus.Committed, 69, 64), (result.Status, result.Version, result.PreviousVersion));
        Assert.Equal(69, (await ReadAsync("b")).Records[0].Version);
        Assert.Equal((ColdCommitStatus.Repeated, 69), Short(await CommitAsync(Commit(range))));

        // 64 versions back from 69 is 6; 1 to 5 are forgotten.
        Assert.Equal((ColdCommitStatus.Repeated, 6), Short(await CommitAsync(commits[5])));
        Assert.Equal((ColdCommitStatus.Committed, 70), Short(await CommitAsync(commits[0])));
    }

    /// <summary>A record carries the version that wrote it, though its change came to cold together with later ones: who read it before expects it there.</summary>
    [Fact]
    [Promise(4)]
    public async Task Commit_CoalescedRange_KeepsTheVersionThatWroteEachRecord()
    {
        await CreateAsync();
        var range = PatchAt(1, 9, Set("a", 4) with { Version = 4 }, Set("b", 9), Set("c", 2) with { Version = 2 });

        Assert.Equal((ColdCommitStatus.Committed, 9), Short(await CommitAsync(Commit(range))));

        Assert.Equal([4, 9, 2], (await ReadAsync("a", "b", "c")).Records.Select(r => r.Version));
        Assert.Equal((ColdCommitStatus.Conflict, 9), Short(await CommitAsync(Commit(Expecting("a", 9)))));
        Assert.Equal((ColdCommitStatus.Committed, 10), Short(await CommitAsync(Commit(Expecting("a", 4)))));
    }

    /// <summary>So it does for the patch after it, in the same commit.</summary>
    [Fact]
    [Promise(4)]
    public async Task Commit_PatchAfterACoalescedRange_ExpectsTheVersionThatWroteTheRecord()
    {
        await CreateAsync();
        var range = PatchAt(1, 9, Set("a", 4) with { Version = 4 }, Set("b", 9));

        Assert.Equal(
            (ColdCommitStatus.Committed, 10), Short(await CommitAsync(Commit(range, Expecting("a", 4)))));
        Assert.Equal([10, 9], (await ReadAsync("a", "b")).Records.Select(r => r.Version));
    }

    /// <summary>A patch without a place that is there already, before a new one, is not applied twice.</summary>
    [Fact]
    public async Task Commit_UnplacedPatchThatIsThereBeforeANewOne_IsNotAppliedTwice()
    {
        await CreateAsync();
        var known = Patch(Set("b", 2));
        await CommitAsync(Commit(known));
        await CommitAsync(Commit(Patch(Set("b", 3))));

        Assert.Equal((ColdCommitStatus.Committed, 4), Short(await CommitAsync(Commit(known, Patch(Set("c"))))));
        Assert.Equal(3, (await ReadAsync("b")).Records[0].Envelope.Span[0]);
    }

    private static SealedPatch Expecting(string id, long version) =>
        new() { CommitId = CommitId.New(), Changes = [Set(id, 10)], Expectations = [new AuthExpectation(Record(id), version)] };
}
