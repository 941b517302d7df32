using HybridStore.Sqlite.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Tests;

public sealed class SqliteColdTierCommitTests : TierTest
{
    [Fact]
    public async Task Commit_NoSession_CreatesIt()
    {
        var result = await Tier.CommitAsync(Creation(Patch(Set("a", 1), Set("b", 2))), Cancel);

        Assert.Equal(
            new ColdCommitResult { Status = ColdCommitStatus.Committed, Incarnation = 1, Version = 1, PreviousVersion = 0, Epoch = 0 }, result);
        var read = await ReadAsync("a", "b", "c");
        Assert.Equal((1, 1, 0, 0), (read.Head!.Incarnation, read.Head.Version, read.Head.Epoch, read.Head.AheadEpoch));
        Assert.Equal((Time.GetUtcNow(), Time.GetUtcNow()), (read.Head.CreatedAt, read.Head.UpdatedAt));
        Assert.Equal([1, 1, 0], read.Records.Select(r => r.Version));
        Assert.Equal(Bytes(100, 2), read.Records[1].Envelope.ToArray());
        var key = Assert.Single(read.DataKeys);
        Assert.Equal(Key1.Id, key.Id);
        Assert.Equal(Key1.Bytes.ToArray(), key.Bytes.ToArray());
    }

    [Fact]
    public async Task Commit_Again_RaisesTheVersionOfWhatChanged()
    {
        await CreateAsync();
        Time.Advance(TimeSpan.FromMinutes(1));

        var result = await Tier.CommitAsync(Commit(Patch(Set("b", 7), Delete("a"), Delete("never there"))), Cancel);

        Assert.Equal((ColdCommitStatus.Committed, 2, 1), (result.Status, result.Version, result.PreviousVersion));
        var read = await ReadAsync("a", "b");
        Assert.Equal([0, 2], read.Records.Select(r => r.Version));
        Assert.Equal(TimeSpan.FromMinutes(1), read.Head!.UpdatedAt - read.Head.CreatedAt);
    }

    [Fact]
    public async Task Commit_SameCommitId_IsRepeatedWithTheFirstVersion()
    {
        var first = Creation(Patch(Set("a", 1)));
        await Tier.CommitAsync(first, Cancel);
        await Tier.CommitAsync(Commit(Patch(Set("a", 2))), Cancel);

        var result = await Tier.CommitAsync(first, Cancel);

        Assert.Equal((ColdCommitStatus.Repeated, 1), (result.Status, result.Version));
        Assert.Equal(2, (await ReadAsync("a")).Records[0].Envelope.Span[0]);
    }

    [Fact]
    public async Task Commit_SameCommitIdWhileFencedAndSealedAnew_IsStillRepeated()
    {
        var first = Creation(Patch(Set("a", 1)));
        await Tier.CommitAsync(first, Cancel);
        await Tier.Leases.AcquireAsync(new LeaseRequest(Session, "other", TimeSpan.FromMinutes(1), MayQueue: false), Cancel);

        var again = new ColdCommit { Session = Session, Incarnation = 1, Epoch = 77, SealedWith = Key2.Id, Patches = first.Patches };
        Assert.Equal(ColdCommitStatus.Repeated, (await Tier.CommitAsync(again, Cancel)).Status);
    }

    [Fact]
    public async Task Commit_RepeatsOfTheLast64_AreKnownAndOlderOnesAreNot()
    {
        var commits = new List<ColdCommit> { Creation(Patch(Set("a"))) };
        for (int i = 0; i < 70; i++)
            commits.Add(Commit(Patch(Set("a", (byte)i))));
        foreach (var commit in commits)
            await Tier.CommitAsync(commit, Cancel);

        for (int version = 71; version > 71 - 64; version--)
        {
            var repeat = await Tier.CommitAsync(commits[version - 1], Cancel);
            Assert.Equal((ColdCommitStatus.Repeated, version), (repeat.Status, repeat.Version));
        }

        var old = await Tier.CommitAsync(commits[6], Cancel);
        Assert.Equal((ColdCommitStatus.Committed, 72), (old.Status, old.Version));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Commit_OtherIncarnation_IsRefused(long incarnation)
    {
        await CreateAsync();
        var result = await Tier.CommitAsync(CreationOf(Session, incarnation, Patch(Set("a", 9))), Cancel);

        Assert.Equal(new ColdCommitResult { Status = ColdCommitStatus.IncarnationEnded, Incarnation = 1, Version = 1 }, result);
        Assert.Equal(1, (await HeadAsync())!.Version);
    }

    [Fact]
    public async Task Commit_NoSessionAndNotTheNextIncarnation_IsRefused()
    {
        var result = await Tier.CommitAsync(CreationOf(Session, 2, Patch(Set("a"))), Cancel);

        Assert.Equal(new ColdCommitResult { Status = ColdCommitStatus.IncarnationEnded }, result);
        Assert.Null(await HeadAsync());
    }

    [Fact]
    public async Task Commit_OtherDataKey_IsRefused()
    {
        await CreateAsync();
        var commit = new ColdCommit { Session = Session, Incarnation = 1, SealedWith = Key2.Id, NewDataKey = Key2, Patches = [Patch(Set("a", 9))] };

        Assert.Equal(ColdCommitStatus.DataKeyChanged, (await Tier.CommitAsync(commit, Cancel)).Status);
        Assert.Equal(Key1.Id, Assert.Single((await ReadAsync()).DataKeys).Id);
    }

    [Fact]
    public async Task Commit_NoSessionAndNoDataKey_IsRefused()
    {
        Assert.Equal(ColdCommitStatus.DataKeyChanged, (await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel)).Status);
        Assert.Null(await HeadAsync());
    }

    [Fact]
    public async Task Commit_NewDataKeyIsNotTheSealingOne_Throws()
    {
        var commit = new ColdCommit { Session = Session, Incarnation = 1, SealedWith = Key1.Id, NewDataKey = Key2, Patches = [Patch(Set("a"))] };
        await Assert.ThrowsAsync<ArgumentException>(async () => await Tier.CommitAsync(commit, Cancel));
    }

    [Fact]
    public async Task Commit_BelowTheVersionSeen_WentBack()
    {
        await CreateAsync();
        var seen = new ColdCommit { Session = Session, Incarnation = 1, SealedWith = Key1.Id, SeenVersion = 5, Patches = [Patch(Set("a", 9))] };
        var absent = new ColdCommit
        {
            Session = new AuthSessionId("clinic", "lost"), Incarnation = 1, SealedWith = Key1.Id, NewDataKey = Key1, SeenVersion = 1, Patches = [Patch(Set("a"))],
        };

        Assert.Equal(new ColdCommitResult { Status = ColdCommitStatus.WentBack, Incarnation = 1, Version = 1 }, await Tier.CommitAsync(seen, Cancel));
        Assert.Equal(new ColdCommitResult { Status = ColdCommitStatus.WentBack }, await Tier.CommitAsync(absent, Cancel));
    }

    [Fact]
    public async Task Commit_ExpectedSessionVersion_IsComparedBeforeThePatch()
    {
        await CreateAsync();
        var wrong = new SealedPatch { CommitId = CommitId.New(), Changes = [Set("a", 9)], ExpectedSessionVersion = 0 };
        var right = new SealedPatch { CommitId = CommitId.New(), Changes = [Set("a", 9)], ExpectedSessionVersion = 1 };

        var refused = await Tier.CommitAsync(Commit(wrong), Cancel);
        Assert.Equal((ColdCommitStatus.Conflict, new CommitConflict(null, 0, 1)), (refused.Status, refused.Conflict));
        Assert.Equal((1, 1, 0), (refused.Incarnation, refused.Version, refused.PreviousVersion));
        Assert.Equal(ColdCommitStatus.Committed, (await Tier.CommitAsync(Commit(right), Cancel)).Status);
    }

    [Fact]
    public async Task Commit_ExpectedAbsentSession_CreatesIt()
    {
        var patch = new SealedPatch { CommitId = CommitId.New(), Changes = [Set("a")], ExpectedSessionVersion = 0 };
        Assert.Equal(ColdCommitStatus.Committed, (await Tier.CommitAsync(Creation(patch), Cancel)).Status);
    }

    [Fact]
    public async Task Commit_ExpectedPresentSessionThatIsAbsent_LeavesNothing()
    {
        var patch = new SealedPatch { CommitId = CommitId.New(), Changes = [Set("a")], ExpectedSessionVersion = 3 };
        var result = await Tier.CommitAsync(Creation(patch), Cancel);

        Assert.Equal(new ColdCommitResult { Status = ColdCommitStatus.Conflict, Conflict = new CommitConflict(null, 3, 0) }, result);
        Assert.Equal(0, Query("SELECT (SELECT count(*) FROM session) + (SELECT count(*) FROM record) + (SELECT count(*) FROM data_key)"));
    }

    [Theory]
    [InlineData("a", 1, true)]
    [InlineData("a", 0, false)]
    [InlineData("a", 2, false)]
    [InlineData("z", 0, true)]
    [InlineData("z", 1, false)]
    public async Task Commit_ExpectedRecordVersion_DecidesAboutTheWholePatch(string id, long expected, bool holds)
    {
        await CreateAsync();
        var patch = new SealedPatch { CommitId = CommitId.New(), Changes = [Set("b")], Expectations = [new AuthExpectation(Record(id), expected)] };

        var result = await Tier.CommitAsync(Commit(patch), Cancel);

        Assert.Equal(holds ? ColdCommitStatus.Committed : ColdCommitStatus.Conflict, result.Status);
        Assert.Equal(holds ? null : new CommitConflict(Record(id), expected, id == "a" ? 1 : 0), result.Conflict);
        Assert.Equal(holds, (await ReadAsync("b")).Records[0].Exists);
    }

    [Fact]
    public async Task Commit_EmptyAndLargestEnvelopes_ComeBackAsTheyWere()
    {
        var large = new byte[AuthLimits.MaxValueBytes];
        new Random(7).NextBytes(large);
        await Tier.CommitAsync(Creation(Patch(new SealedChange(Record("empty"), Array.Empty<byte>()), new SealedChange(Record("large"), large))), Cancel);

        var read = await ReadAsync("empty", "large");

        Assert.True(read.Records[0].Exists);
        Assert.Equal(0, read.Records[0].Envelope.Length);
        Assert.True(read.Records[1].Envelope.Span.SequenceEqual(large));
    }

    [Fact]
    public async Task Commit_ThousandsOfRecords_AreOneCommit()
    {
        var result = await Tier.CommitAsync(Creation(Patch([.. Enumerable.Range(0, 5_000).Select(i => Set($"{i}"))])), Cancel);

        Assert.Equal(1, result.Version);
        Assert.Equal(5_000, (await Tier.SummarizeAsync(Session, Cancel))!.Value.Types.Single().Records);
    }

    [Fact]
    public async Task Commit_CancelledBefore_ChangesNothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Tier.CommitAsync(Creation(Patch(Set("a"))), new CancellationToken(true)));
        Assert.Null(await HeadAsync());
    }

    [Fact]
    public async Task Commit_EmptyNamesOrNoPatches_AreRefused()
    {
        await Assert.ThrowsAsync<InvalidAuthInputException>(async () => await Tier.CommitAsync(CreationOf(default, 1, Patch(Set("a"))), Cancel));
        await Assert.ThrowsAsync<InvalidAuthInputException>(
            async () => await Tier.CommitAsync(Creation(Patch(new SealedChange(default, Bytes(1, 1)))), Cancel));
        await Assert.ThrowsAsync<InvalidAuthInputException>(
            async () => await Tier.CommitAsync(Creation(new SealedPatch { CommitId = default, Changes = [Set("a")] }), Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Tier.CommitAsync(Creation(), Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Tier.CommitAsync(Creation(PatchAt(3, 3, Set("a"))), Cancel));
    }

    [Fact]
    public async Task Commit_RefusedByATrigger_IsNotTakenForATierThatDoesNotAnswer()
    {
        await CreateAsync();
        Execute(DatabasePath, "CREATE TRIGGER refuse BEFORE INSERT ON record WHEN NEW.id = 'poison' BEGIN SELECT RAISE(ABORT, 'no'); END");

        var refused = await Assert.ThrowsAsync<StoreUnusableException>(async () => await Tier.CommitAsync(Commit(Patch(Set("poison", 1))), Cancel));

        Assert.Equal((StoreUnusableReason.NotOurs, false), (refused.Reason, refused.IsTransient));
        Assert.Equal(ColdCommitStatus.Committed, (await Tier.CommitAsync(Commit(Patch(Set("a", 7))), Cancel)).Status);
    }
}
