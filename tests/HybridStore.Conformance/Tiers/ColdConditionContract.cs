using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>Conditions of a cold tier's commits, and that a commit which does not hold leaves nothing of itself.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
public abstract class ColdConditionContract<TFixture> : ColdTierContract<TFixture>
    where TFixture : ColdTierFixture, new()
{
    /// <summary>The session's version is compared before the patch.</summary>
    [Fact]
    [Promise(3)]
    public async Task Commit_ExpectedSessionVersion_IsComparedBeforeThePatch()
    {
        await CreateAsync();
        var before = await StateAsync();
        var wrong = new SealedPatch { CommitId = CommitId.New(), Changes = [Set("a", 9)], ExpectedSessionVersion = 0 };
        var right = new SealedPatch { CommitId = CommitId.New(), Changes = [Set("a", 9)], ExpectedSessionVersion = 1 };

        var refused = await CommitAsync(Commit(wrong));

        Assert.Equal((ColdCommitStatus.Conflict, new CommitConflict(null, 0, 1)), (refused.Status, refused.Conflict));
        Assert.Equal((1, 1, 0), (refused.Incarnation, refused.Version, refused.PreviousVersion));
        Assert.Equal(before, await StateAsync());
        Assert.Equal((ColdCommitStatus.Committed, 2), Short(await CommitAsync(Commit(right))));
    }

    /// <summary>A session that must not exist is created.</summary>
    [Fact]
    public async Task Commit_ExpectedAbsentSession_CreatesIt()
    {
        var patch = new SealedPatch { CommitId = CommitId.New(), Changes = [Set("a")], ExpectedSessionVersion = 0 };
        Assert.Equal((ColdCommitStatus.Committed, 1), Short(await CommitAsync(Creation(patch))));
    }

    /// <summary>A session that must exist and does not is not created.</summary>
    [Fact]
    [Promise(3)]
    public async Task Commit_ExpectedPresentSessionThatIsAbsent_LeavesNothing()
    {
        var patch = new SealedPatch { CommitId = CommitId.New(), Changes = [Set("a")], ExpectedSessionVersion = 3 };
        var result = await CommitAsync(Creation(patch));

        Assert.Equal(new ColdCommitResult { Status = ColdCommitStatus.Conflict, Conflict = new CommitConflict(null, 3, 0) }, result);
        var read = await ReadAsync("a");
        Assert.Null(read.Head);
        Assert.Empty(read.DataKeys);
        Assert.Empty(await ToListAsync(Tier.ListSessionsAsync(null, Cancel)));
    }

    /// <summary>A record's version decides about the whole patch.</summary>
    /// <param name="id">The record that the condition is about.</param>
    /// <param name="expected">The version expected.</param>
    /// <param name="holds">Whether it is that.</param>
    [Theory]
    [InlineData("a", 1, true)]
    [InlineData("a", 0, false)]
    [InlineData("a", 2, false)]
    [InlineData("z", 0, true)]
    [InlineData("z", 1, false)]
    [Promise(3)]
    public async Task Commit_ExpectedRecordVersion_DecidesAboutTheWholePatch(string id, long expected, bool holds)
    {
        await CreateAsync();
        var patch = new SealedPatch
        {
            CommitId = CommitId.New(), Changes = [Set("a", 5), Set("b"), Set("c")], Expectations = [new AuthExpectation(Record("b"), 0), new AuthExpectation(Record(id), expected)],
        };

        var result = await CommitAsync(Commit(patch));

        Assert.Equal(holds ? ColdCommitStatus.Committed : ColdCommitStatus.Conflict, result.Status);
        Assert.Equal(holds ? null : new CommitConflict(Record(id), expected, id == "a" ? 1 : 0), result.Conflict);
        var read = await ReadAsync("a", "b", "c");
        Assert.Equal(holds ? [2L, 2, 2] : [1L, 0, 0], read.Records.Select(r => r.Version));
        Assert.Equal(holds ? 2 : 1, read.Head!.Version);
    }

    /// <summary>A deleted record is an absent one for conditions.</summary>
    [Fact]
    public async Task Commit_ExpectedAbsentRecordThatWasDeleted_Holds()
    {
        await CreateAsync();
        await CommitAsync(Commit(Patch(Delete("a"))));
        var patch = new SealedPatch { CommitId = CommitId.New(), Changes = [Set("a", 5)], Expectations = [new AuthExpectation(Record("a"), 0)] };

        Assert.Equal((ColdCommitStatus.Committed, 3), Short(await CommitAsync(Commit(patch))));
    }

    /// <summary>A conflict in a later patch undoes the earlier ones of its transaction, which later conditions see.</summary>
    [Fact]
    [Promise(3)]
    public async Task Commit_ConflictInALaterPatch_UndoesTheEarlierOnes()
    {
        await CreateAsync();
        var before = await StateAsync();
        var conflicting = new SealedPatch { CommitId = CommitId.New(), Changes = [Set("c")], Expectations = [new AuthExpectation(Record("b"), 7)] };

        var result = await CommitAsync(Commit(Patch(Set("b")), conflicting));

        Assert.Equal((ColdCommitStatus.Conflict, 1, new CommitConflict(Record("b"), 7, 2)), (result.Status, result.Version, result.Conflict));
        Assert.Equal(before, await StateAsync());
    }

    /// <summary>What a later patch expects is compared after the earlier ones of its transaction, of the session as of records.</summary>
    [Fact]
    [Promise(3)]
    public async Task Commit_ConditionsOfALaterPatch_SeeTheEarlierOnes()
    {
        await CreateAsync();
        SealedPatch Later(long session) => new()
        {
            CommitId = CommitId.New(),
            Changes = [Set("c")],
            ExpectedSessionVersion = session,
            Expectations = [new AuthExpectation(Record("a"), 0), new AuthExpectation(Record("b"), 2), new AuthExpectation(Record("c"), 0)],
        };

        var early = await CommitAsync(Commit(Patch(Set("b"), Delete("a")), Later(session: 1)));
        var right = await CommitAsync(Commit(Patch(Set("b"), Delete("a")), Later(session: 2)));

        Assert.Equal((ColdCommitStatus.Conflict, new CommitConflict(null, 1, 2)), (early.Status, early.Conflict));
        Assert.Equal((ColdCommitStatus.Committed, 3), Short(right));
        Assert.Equal([0, 2, 3], (await ReadAsync("a", "b", "c")).Records.Select(r => r.Version));
    }

    /// <summary>A commit that conflicted was not taken: the same id can still be committed.</summary>
    [Fact]
    [Promise(6)]
    public async Task Commit_AfterItsConflict_IsNotARepeat()
    {
        await CreateAsync();
        var id = CommitId.New();
        await CommitAsync(Commit(new SealedPatch { CommitId = id, Changes = [Set("b")], ExpectedSessionVersion = 9 }));

        Assert.Equal((ColdCommitStatus.Committed, 2), Short(await CommitAsync(Commit(new SealedPatch { CommitId = id, Changes = [Set("b")], ExpectedSessionVersion = 1 }))));
    }
}
