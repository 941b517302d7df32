using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>What stays of queued commits that were lost: a mark, and a version so far above that nothing of the lost branch ever fits.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
[Promise(2)]
public abstract class ColdRollbackContract<TFixture> : ColdTierContract<TFixture>
    where TFixture : ColdTierFixture, new()
{
    private const long Jump = 1L << 32;

    /// <summary>The mark is the version before the commit that sets it, stays where it is, and goes when it is cleared.</summary>
    [Fact]
    public async Task Commit_Rollback_IsMarkedUntilItIsCleared()
    {
        await CreateAsync();
        await CommitAsync(Commit(Patch(Set("b"))));
        Assert.Equal(0, (await HeadAsync())!.RolledBackAt);

        await CommitAsync(Commit(RollbackChange.Set, Patch(), Patch(Set("b"))));
        Assert.Equal((4, 2), await VersionAndMarkAsync());
        await CommitAsync(Commit(Patch(Set("b"))));
        await CommitAsync(Commit(RollbackChange.Set, Patch()));
        Assert.Equal((6, 2), await VersionAndMarkAsync());
        Assert.Equal(2, (await Tier.SummarizeAsync(Session, Cancel))!.Value.Head.RolledBackAt);
        Assert.Equal(2, Assert.Single(await ToListAsync(Tier.ListSessionsAsync(null, Cancel))).Head.RolledBackAt);
        Assert.Equal(2, (await AcquireAsync("bot")).Head!.RolledBackAt);
        Assert.Equal(2, (await (await Fixture.OpenAsync()).ReadAsync(Session, [Record("a")], false, Cancel)).Head!.RolledBackAt);

        await CommitAsync(WithEpoch(Commit(RollbackChange.Clear, Patch(Set("a"))), 1));
        Assert.Equal((7, 0), await VersionAndMarkAsync());
        await CommitAsync(WithEpoch(Commit(RollbackChange.Clear, Patch()), 1));
        await CommitAsync(WithEpoch(Commit(RollbackChange.Set, Patch()), 1));
        Assert.Equal((9, 8), await VersionAndMarkAsync());
    }

    /// <summary>A commit that is refused, or a repeat, leaves the mark.</summary>
    [Fact]
    public async Task Commit_RollbackThatIsNotMade_LeavesTheMark()
    {
        await CreateAsync();
        var set = Commit(RollbackChange.Set, Patch());
        await CommitAsync(set);
        await CommitAsync(Commit(RollbackChange.Clear, Patch()));

        Assert.Equal((ColdCommitStatus.Repeated, 2), Short(await CommitAsync(set)));
        Assert.Equal(ColdCommitStatus.OutOfOrder, (await CommitAsync(Commit(RollbackChange.Set, PatchAt(7, 8)))).Status);
        Assert.Equal(
            ColdCommitStatus.Conflict,
            (await CommitAsync(Commit(RollbackChange.Set, Patch(), new SealedPatch { CommitId = CommitId.New(), Changes = [], ExpectedSessionVersion = 9 }))).Status);
        Assert.Equal((3, 0), await VersionAndMarkAsync());
    }

    /// <summary>The mark belongs to a life of the session.</summary>
    [Fact]
    public async Task Commit_RollbackOfAFormerLife_IsNotTheNextOnes()
    {
        await CreateAsync();
        await CommitAsync(Commit(RollbackChange.Set, PatchAt(1, 1 + Jump)));
        Assert.Equal(new ColdDeletion(true, 1, 1 + Jump, 1), await Tier.DeleteSessionAsync(Session, Cancel));

        await CommitAsync(CreationOf(Session, 2, Patch(Set("a"))));

        Assert.Equal((1, 0), await VersionAndMarkAsync());
    }

    /// <summary>The version jumps without a change of any record, and commits with and without a place go on from there.</summary>
    [Fact]
    public async Task Commit_JumpOfTheVersion_GoesOnFromThere()
    {
        await CreateAsync();
        await CommitAsync(Commit(Patch(Set("b", 2))));
        var jump = PatchAt(2, 2 + Jump);

        var result = await CommitAsync(Commit(RollbackChange.Set, jump));

        Assert.Equal((ColdCommitStatus.Committed, 2 + Jump, 2), (result.Status, result.Version, result.PreviousVersion));
        Assert.Equal((2 + Jump, 2), await VersionAndMarkAsync());
        Assert.Equal((ColdCommitStatus.Repeated, 2 + Jump), Short(await CommitAsync(Commit(jump))));
        var placed = PatchAt(2 + Jump, 3 + Jump, Set("c", 3));
        Assert.Equal((ColdCommitStatus.Committed, 3 + Jump), Short(await CommitAsync(Commit(placed))));
        var unplaced = Patch(Set("d", 4));
        Assert.Equal((ColdCommitStatus.Committed, 4 + Jump), Short(await CommitAsync(Commit(unplaced))));
        Assert.Equal((ColdCommitStatus.Repeated, 3 + Jump), Short(await CommitAsync(Commit(placed))));
        Assert.Equal((ColdCommitStatus.Repeated, 4 + Jump), Short(await CommitAsync(Commit(unplaced))));
        var read = await ReadAsync("a", "b", "c", "d");
        Assert.Equal([1, 2, 3 + Jump, 4 + Jump], read.Records.Select(r => r.Version));
        Assert.Equal([new(jump.CommitId, 2 + Jump), new(placed.CommitId, 3 + Jump), new(unplaced.CommitId, 4 + Jump)], read.Commits);
        Assert.Equal([1, 2, 3 + Jump, 4 + Jump], (await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel))).Select(r => r.Version));
    }

    /// <summary>An entry of the lost branch that turns up after the jump changes nothing.</summary>
    [Fact]
    public async Task Commit_OfTheLostBranchAfterAJump_ChangesNothing()
    {
        await CreateAsync();
        await CommitAsync(Commit(RollbackChange.Set, PatchAt(1, 1 + Jump)));
        var before = await StateAsync();

        Assert.Equal((ColdCommitStatus.Repeated, 2), Short(await CommitAsync(Commit(PatchAt(1, 2, Set("a", 66))))));
        Assert.Equal((ColdCommitStatus.Repeated, 5), Short(await CommitAsync(Commit(PatchAt(3, 5, Set("a", 66)), PatchAt(3, 5, Delete("a"))))));
        Assert.Equal(ColdCommitStatus.OutOfOrder, (await CommitAsync(Commit(PatchAt(1, 2, Set("a", 66)), PatchAt(2, 2 + Jump, Set("a", 66))))).Status);
        Assert.Equal(ColdCommitStatus.OutOfOrder, (await CommitAsync(Commit(PatchAt(2 + Jump, 3 + Jump, Set("a", 66))))).Status);
        Assert.Equal(ColdCommitStatus.WentBack, (await CommitAsync(new ColdCommit
        {
            Session = Session, Incarnation = 1, SeenVersion = 2 + Jump, SealedWith = Key1.Id, Patches = [Patch(Set("a", 66))],
        })).Status);

        Assert.Equal(before, await StateAsync());
        var late = await CommitAsync(Commit(PatchAt(1, 2, Set("a", 66)), Patch(Set("b", 2))));
        Assert.Equal((ColdCommitStatus.Committed, 2 + Jump, 1 + Jump), (late.Status, late.Version, late.PreviousVersion));
        Assert.Equal(1, (await ReadAsync("a")).Records[0].Version);
    }

    private static ColdCommit Commit(RollbackChange rollback, params SealedPatch[] patches) =>
        new() { Session = Session, Incarnation = 1, SealedWith = Key1.Id, Rollback = rollback, Patches = patches };

    private async Task<(long Version, long RolledBackAt)> VersionAndMarkAsync() => await HeadAsync() is { } head ? (head.Version, head.RolledBackAt) : default;
}
