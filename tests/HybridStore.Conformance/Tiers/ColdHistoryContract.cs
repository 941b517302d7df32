using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>The former versions of records, for a tier that keeps them: complete from the oldest version on, or not told at all.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
public abstract class ColdHistoryContract<TFixture> : ColdTierContract<TFixture>
    where TFixture : ColdTierFixture, new()
{
    private const string NotKept = "sender-key";

    private static readonly ColdHistoryRetention All = new() { ExceptTypes = [NotKept] };

    private IColdHistory History => Tier.History!;

    /// <summary>Where no commit asks for it, nothing is kept.</summary>
    [Fact]
    public async Task List_NobodyKeepsHistory_IsEmpty()
    {
        await CreateAsync();
        await CommitAsync(Commit(Patch(Set("a", 2))));

        Assert.Empty(await VersionsAsync());
        Assert.Empty(await ToListAsync(History.ListAsync(Session, Record("a"), Cancel)));
        Assert.Empty(await ToListAsync(History.EnumerateReplacedAsync(Session, 1, Cancel)));
        Assert.Empty(await ToListAsync(History.ListAsync(new AuthSessionId("no", "one"), Cancel)));
    }

    /// <summary>Each commit is a version, and tells what it replaced.</summary>
    [Fact]
    public async Task Commit_RecordsAreReplacedAndDeleted_AreTheirFormerVersions()
    {
        await KeepAsync(Creation(Patch(Set("a", 1, 10))));
        await KeepAsync(Commit(Patch(Set("a", 2, 20), Set("b", 3, 30))));
        await KeepAsync(Commit(Patch(Delete("a"))));
        await KeepAsync(Commit(Patch(Set("c", 4, 40))));

        foreach (var tier in (IColdTier[])[Tier, await Fixture.OpenAsync()])
        {
            var versions = await ToListAsync(tier.History!.ListAsync(Session, Cancel));
            Assert.Equal([(4, 1, 40), (3, 1, 0), (2, 2, 50), (1, 1, 10)], versions.Select(v => (v.Version, v.Changes, v.StoredBytes)));
            Assert.Equal(versions.OrderByDescending(v => v.At).Select(v => v.At), versions.Select(v => v.At));
            Assert.Equal((await HeadAsync())!.UpdatedAt, versions[0].At);
            var former = await ToListAsync(tier.History.ListAsync(Session, Record("a"), Cancel));
            Assert.Equal([(2, 3, 20), (1, 2, 10)], former.Select(r => (r.Version, r.ReplacedBy, r.StoredBytes)));
            Assert.Equal([versions[1].At, versions[2].At], former.Select(r => r.ReplacedAt));
            Assert.Empty(await ToListAsync(tier.History.ListAsync(Session, Record("b"), Cancel)));
        }

        Assert.Equal(["a@1:1"], await ReplacedAsync(1));
        Assert.Equal(["a@2:2"], await ReplacedAsync(2));
        Assert.Empty(await ReplacedAsync(3));
        Assert.Empty(await ReplacedAsync(4));
    }

    /// <summary>A type of which nothing is kept makes no version, and ends nothing.</summary>
    [Fact]
    public async Task Commit_TypeIsNotKept_IsNoVersionAndHistoryGoesOn()
    {
        var other = new AuthKey(NotKept, "a");
        await KeepAsync(Creation(Patch(Set("a"))));
        await KeepAsync(Commit(Patch(new SealedChange(other, new byte[] { 1 }))));
        await KeepAsync(Commit(Patch(new SealedChange(other, new byte[] { 2 }))));
        await KeepAsync(Commit(Patch(new SealedChange(other, null), Set("a", 2))));
        await KeepAsync(Commit(Patch(Delete("nothing"))));

        Assert.Equal([4, 1], await VersionsAsync());
        Assert.Empty(await ToListAsync(History.ListAsync(Session, other, Cancel)));
        Assert.Equal(["a@1:1"], await ReplacedAsync(1));
    }

    /// <summary>It begins at the version that the first commit which keeps it found.</summary>
    [Fact]
    public async Task Commit_FirstThatKeepsHistory_BeginsItAtTheVersionBefore()
    {
        await Tier.ImportAsync(Import(Records(3)), Cancel);
        await CommitAsync(Commit(Patch(Set("a", 1))));
        await KeepAsync(Commit(Patch(Set("a", 2), Set("b", 2))));

        var versions = await ToListAsync(History.ListAsync(Session, Cancel));
        Assert.Equal([(3, 2), (2, 0)], versions.Select(v => (v.Version, v.Changes)));
        Assert.Equal(["a@2:1"], await ReplacedAsync(2));
    }

    /// <summary>A commit that keeps nothing leaves a hole: nothing from before it is told any more.</summary>
    [Fact]
    public async Task Commit_ThatKeepsNothing_EndsWhatThereWas()
    {
        await KeepAsync(Creation(Patch(Set("a", 1))));
        await KeepAsync(Commit(Patch(Set("a", 2))));
        await CommitAsync(Commit(Patch(Set("b", 3))));

        Assert.Empty(await VersionsAsync());
        Assert.Empty(await ToListAsync(History.ListAsync(Session, Record("a"), Cancel)));
        Assert.Empty(await ReplacedAsync(1));

        await KeepAsync(Commit(Patch(Set("a", 4))));
        Assert.Equal([4, 3], await VersionsAsync());
        Assert.Equal([(2, 4)], (await ToListAsync(History.ListAsync(Session, Record("a"), Cancel))).Select(r => (r.Version, r.ReplacedBy)));
        Assert.Empty(await ReplacedAsync(1));
        Assert.Equal(["a@2:2"], await ReplacedAsync(3));
    }

    /// <summary>What was coalesced on its way is one version, and its records keep the versions that wrote them.</summary>
    [Fact]
    public async Task Commit_Coalesced_IsOneVersion()
    {
        await KeepAsync(Creation(Patch(Set("a", 1))));
        await KeepAsync(Commit(PatchAt(1, 5, Set("a", 3) with { Version = 3 }, Set("b", 5))));
        await KeepAsync(Commit(PatchAt(5, 6, Set("a", 6), Delete("b"))));

        Assert.Equal([6, 5, 1], await VersionsAsync());
        Assert.Equal([(3, 6), (1, 5)], (await ToListAsync(History.ListAsync(Session, Record("a"), Cancel))).Select(r => (r.Version, r.ReplacedBy)));
        Assert.Equal(["a@1:1"], await ReplacedAsync(1));
        Assert.Equal(["a@3:3", "b@5:5"], await ReplacedAsync(5));
    }

    /// <summary>Several patches in one transaction are one version: nobody saw the tier in between.</summary>
    [Fact]
    public async Task Commit_SeveralPatches_AreOneVersion()
    {
        await KeepAsync(Creation(Patch(Set("a", 1))));
        await KeepAsync(Commit(Patch(Set("a", 2), Set("b", 2, 10)), Patch(Set("a", 3, 20), Delete("b"))));

        var versions = await ToListAsync(History.ListAsync(Session, Cancel));
        Assert.Equal([(3, 20), (1, 100)], versions.Select(v => (v.Version, v.StoredBytes)));
        Assert.Equal([(1, 3)], (await ToListAsync(History.ListAsync(Session, Record("a"), Cancel))).Select(r => (r.Version, r.ReplacedBy)));
        Assert.Equal(["a@1:1"], await ReplacedAsync(1));
        Assert.Empty(await ToListAsync(History.ListAsync(Session, Record("b"), Cancel)));
    }

    /// <summary>A commit that is not made, or made already, leaves it as it is.</summary>
    [Fact]
    public async Task Commit_ThatIsNotMade_LeavesHistoryAsItIs()
    {
        await KeepAsync(Creation(Patch(Set("a", 1))));
        var made = Commit(Patch(Set("a", 2)));
        await KeepAsync(made);

        var again = Keeping(made, All);
        Assert.Equal(ColdCommitStatus.Repeated, (await CommitAsync(again)).Status);
        Assert.Equal(ColdCommitStatus.OutOfOrder, (await CommitAsync(Keeping(Commit(PatchAt(7, 8, Set("a", 9))), All))).Status);
        var wrong = new SealedPatch { CommitId = CommitId.New(), Changes = [Set("a", 9)], ExpectedSessionVersion = 9 };
        Assert.Equal(ColdCommitStatus.Conflict, (await CommitAsync(Keeping(Commit(wrong), All))).Status);
        Assert.Equal(ColdCommitStatus.Conflict, (await CommitAsync(Keeping(Commit(Patch(Set("a", 8)), wrong), All))).Status);

        Assert.Equal([2, 1], await VersionsAsync());
        Assert.Equal(["a@1:1"], await ReplacedAsync(1));
        Assert.Single(await ToListAsync(History.ListAsync(Session, Record("a"), Cancel)));
    }

    /// <summary>A record has no more former versions than are to be kept, and history begins behind the oldest of them.</summary>
    [Fact]
    public async Task Commit_MoreVersionsOfARecordThanAreKept_MovesTheBeginning()
    {
        var two = All with { MaxVersions = 2 };
        await KeepAsync(Creation(Patch(Set("a", 1), Set("b", 1), Set("c", 1))), two);
        await KeepAsync(Commit(Patch(Set("b", 2))), two);
        for (byte i = 3; i <= 6; i++)
            await KeepAsync(Commit(Patch(Set("a", i))), two);

        // a had the versions 1, 3, 4 and 5 before it has 6.
        Assert.Equal([6, 5, 4], await VersionsAsync());
        Assert.Equal([(5, 6), (4, 5)], (await ToListAsync(History.ListAsync(Session, Record("a"), Cancel))).Select(r => (r.Version, r.ReplacedBy)));
        Assert.Empty(await ToListAsync(History.ListAsync(Session, Record("b"), Cancel)));
        Assert.Equal(["a@4:4"], await ReplacedAsync(4));
        Assert.Empty(await ReplacedAsync(2));

        await KeepAsync(Commit(Patch(Set("b", 7), Delete("c"))), two);
        Assert.Equal([7, 6, 5, 4], await VersionsAsync());
        Assert.Equal(["a@4:4", "b@2:2", "c@1:1"], await ReplacedAsync(4));
    }

    /// <summary>It reaches back to how the session was when the period began, and no further.</summary>
    [Fact]
    public async Task Commit_VersionsAreOlderThanThePeriod_MoveTheBeginning()
    {
        var period = All with { Period = Fixture.LeaseDuration };
        await KeepAsync(Creation(Patch(Set("a", 1), Set("b", 1))), period);
        await KeepAsync(Commit(Patch(Set("a", 2))), period);
        await RunOutAsync();
        await KeepAsync(Commit(Patch(Set("a", 3))), period);

        Assert.Equal([3, 2], await VersionsAsync());
        Assert.Equal([(2, 3)], (await ToListAsync(History.ListAsync(Session, Record("a"), Cancel))).Select(r => (r.Version, r.ReplacedBy)));
        Assert.Equal(["a@2:2"], await ReplacedAsync(2));
        Assert.Empty(await ReplacedAsync(1));

        await RunOutAsync();
        await KeepAsync(Commit(Patch(new SealedChange(new AuthKey(NotKept, "x"), new byte[] { 1 }))), period);
        Assert.Equal([3], await VersionsAsync());
        Assert.Empty(await ToListAsync(History.ListAsync(Session, Record("a"), Cancel)));
    }

    /// <summary>The end of a session's life is the end of its history.</summary>
    [Fact]
    public async Task Delete_SessionWithHistory_LeavesNothingOfIt()
    {
        await KeepAsync(Creation(Patch(Set("a", 1))));
        await KeepAsync(Commit(Patch(Set("a", 2))));
        await Tier.DeleteSessionAsync(Session, Cancel);

        Assert.Empty(await VersionsAsync());
        Assert.Empty(await ReplacedAsync(1));

        await KeepAsync(CreationOf(Session, 2, Patch(Set("a", 9))));
        Assert.Equal([1], await VersionsAsync());
        Assert.Empty(await ToListAsync(History.ListAsync(Session, Record("a"), Cancel)));
        Assert.Empty(await ReplacedAsync(1));
    }

    /// <summary>A jump of the version is none, and what comes after it follows.</summary>
    [Fact]
    public async Task Commit_JumpOfTheVersion_GoesOn()
    {
        const long Far = 2 + (1L << 32);
        await KeepAsync(Creation(Patch(Set("a", 1))));
        await KeepAsync(Commit(Patch(Set("a", 2))));
        await KeepAsync(Commit(PatchAt(2, Far)));
        await KeepAsync(Commit(PatchAt(Far, Far + 1, Set("a", 3))));

        Assert.Equal([Far + 1, 2, 1], await VersionsAsync());
        Assert.Equal(["a@2:2"], await ReplacedAsync(2));
    }

    /// <summary>A bound that would keep nothing is refused.</summary>
    [Fact]
    public async Task Commit_RetentionOfNothing_IsRefused()
    {
        await KeepAsync(Creation(Patch(Set("a", 1))));

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await CommitAsync(Keeping(Commit(Patch(Set("a", 2))), All with { MaxVersions = 0 })));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await CommitAsync(Keeping(Commit(Patch(Set("a", 2))), All with { Period = TimeSpan.Zero })));

        Assert.Equal([1], await VersionsAsync());
    }

    /// <summary>Sessions know nothing of each other's.</summary>
    [Fact]
    public async Task List_TwoSessions_AreApart()
    {
        var other = new AuthSessionId("clinic", "reception2");
        await KeepAsync(Creation(Patch(Set("a", 1))));
        await KeepAsync(CreationOf(other, 1, Patch(Set("a", 7))));
        await KeepAsync(Commit(Patch(Set("a", 2))));

        Assert.Equal([1], (await ToListAsync(History.ListAsync(other, Cancel))).Select(v => v.Version));
        Assert.Empty(await ToListAsync(History.ListAsync(other, Record("a"), Cancel)));
        Assert.Equal([2, 1], await VersionsAsync());
    }

    /// <summary>Many records and many versions come whole and in order.</summary>
    [Fact]
    public async Task List_MoreThanAPage_ComesWholeAndInOrder()
    {
        await KeepAsync(Creation(Patch([.. Enumerable.Range(0, 600).Select(i => Set($"{i:D4}", 1, 5))])));
        await KeepAsync(Commit(Patch([.. Enumerable.Range(0, 600).Select(i => i % 2 == 0 ? Set($"{i:D4}", 2, 5) : Delete($"{i:D4}"))])));
        for (var i = 0; i < 300; i++)
            await KeepAsync(Commit(Patch(Set("0000", (byte)i, 5))));

        Assert.Equal(Enumerable.Range(1, 302).Reverse().Select(i => (long)i), await VersionsAsync());
        Assert.Equal(Enumerable.Range(0, 600).Select(i => $"{i:D4}@1:1"), await ReplacedAsync(1));
        Assert.Equal(Enumerable.Range(2, 301).Reverse().Select(i => (long)i), (await ToListAsync(History.ListAsync(Session, Record("0000"), Cancel))).Select(r => r.ReplacedBy));

        // What the retention lets go all at once goes, though not all of it is removed at once.
        await KeepAsync(Commit(Patch(Set("0000", 9))), All with { MaxVersions = 1 });
        Assert.Equal([303, 302], await VersionsAsync());
        Assert.Empty(await ReplacedAsync(1));
        Assert.Single(await ToListAsync(History.ListAsync(Session, Record("0000"), Cancel)));
        Assert.Empty(await ToListAsync(History.ListAsync(Session, Record("0001"), Cancel)));
    }

    private static ColdCommit Keeping(ColdCommit commit, ColdHistoryRetention retention) => new()
    {
        Session = commit.Session,
        Incarnation = commit.Incarnation,
        Epoch = commit.Epoch,
        SeenVersion = commit.SeenVersion,
        SealedWith = commit.SealedWith,
        Rollback = commit.Rollback,
        NewDataKey = commit.NewDataKey,
        History = retention,
        Patches = commit.Patches,
    };

    private async Task KeepAsync(ColdCommit commit, ColdHistoryRetention? retention = null) =>
        Assert.Equal(ColdCommitStatus.Committed, (await CommitAsync(Keeping(commit, retention ?? All))).Status);

    private async Task<IEnumerable<long>> VersionsAsync() => (await ToListAsync(History.ListAsync(Session, Cancel))).Select(static v => v.Version);

    private async Task<IEnumerable<string>> ReplacedAsync(long version) =>
        (await ToListAsync(History.EnumerateReplacedAsync(Session, version, Cancel))).Select(static r => $"{r.Key.Id}@{r.Version}:{r.Envelope.Span[0]}");
}
