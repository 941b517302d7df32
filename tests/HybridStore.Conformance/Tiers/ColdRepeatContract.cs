using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>A commit that comes again, soon or late, whatever else changed.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
public abstract class ColdRepeatContract<TFixture> : ColdTierContract<TFixture>
    where TFixture : ColdTierFixture, new()
{
    /// <summary>A repeat gives the first version and changes nothing.</summary>
    [Fact]
    [Promise(6)]
    public async Task Commit_SameCommitId_IsRepeatedWithTheFirstVersion()
    {
        var first = Creation(Patch(Set("a", 1)));
        await CommitAsync(first);
        await CommitAsync(Commit(Patch(Set("a", 2))));
        var before = await StateAsync();

        var result = await CommitAsync(first);

        Assert.Equal((ColdCommitStatus.Repeated, 1, 1), (result.Status, result.Version, result.Incarnation));
        Assert.Equal(before, await StateAsync());
    }

    /// <summary>A late repeat does not bring back what was deleted since.</summary>
    [Fact]
    [Promise(5, 6)]
    public async Task Commit_RepeatAfterTheRecordWasDeleted_LeavesItDeleted()
    {
        await CreateAsync();
        var set = Commit(Patch(Set("b", 2)));
        await CommitAsync(set);
        await CommitAsync(Commit(Patch(Delete("b"))));

        Assert.Equal((ColdCommitStatus.Repeated, 2), Short(await CommitAsync(set)));

        Assert.False((await ReadAsync("b")).Records[0].Exists);
    }

    /// <summary>The commit id is compared before epoch, data key, seen version and conditions.</summary>
    [Fact]
    [Promise(6)]
    public async Task Commit_SameCommitIdWhileFencedAndSealedAnew_IsStillRepeated()
    {
        var first = Creation(new SealedPatch { CommitId = CommitId.New(), Changes = [Set("a")], ExpectedSessionVersion = 0 });
        await CommitAsync(first);
        var lease = await AcquireAsync("other");

        var again = new ColdCommit { Session = Session, Incarnation = 1, Epoch = 77, SeenVersion = 50, SealedWith = Key2.Id, Patches = first.Patches };
        var result = await CommitAsync(again);

        // And tells of the epoch, by which the one who asks learns that its lease is over.
        Assert.Equal((ColdCommitStatus.Repeated, 1), Short(result));
        Assert.Equal(lease.Epoch, result.Epoch);
    }

    /// <summary>The ids of the last 64 versions are known, and older ones are not.</summary>
    [Fact]
    [Promise(6)]
    public async Task Commit_RepeatsOfTheLast64_AreKnownAndOlderOnesAreNot()
    {
        var commits = new List<ColdCommit> { Creation(Patch(Set("a"))) };
        for (var i = 0; i < 70; i++)
            commits.Add(Commit(Patch(Set("a", (byte)i))));
        foreach (var commit in commits)
            await CommitAsync(commit);

        for (var version = 71; version > 71 - AuthLimits.RememberedCommits; version--)
            Assert.Equal((ColdCommitStatus.Repeated, version), Short(await CommitAsync(commits[version - 1])));
        Assert.Equal((ColdCommitStatus.Committed, 72), Short(await CommitAsync(commits[71 - AuthLimits.RememberedCommits - 1])));
    }

    /// <summary>Two processes that send the same commit at once: one makes it, all others are told of that.</summary>
    [Fact]
    [Promise(6)]
    public async Task Commit_SameCommitIdAtOnce_IsMadeOnce()
    {
        await CreateAsync();
        var other = await Fixture.OpenAsync();
        var commit = Commit(Patch(Set("b")));

        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () => await (i % 2 == 0 ? Tier : other).CommitAsync(commit, Cancel), Cancel)));

        Assert.Single(results, r => r.Status == ColdCommitStatus.Committed);
        Assert.Equal(15, results.Count(r => r.Status == ColdCommitStatus.Repeated));
        Assert.All(results, r => Assert.Equal(2, r.Version));
        Assert.Equal(2, (await HeadAsync())!.Version);
    }

    /// <summary>An id is known in its own session only.</summary>
    [Fact]
    [Promise(6, 13)]
    public async Task Commit_SameCommitIdInAnotherSession_IsAnotherCommit()
    {
        await CreateAsync();
        var patch = Patch(Set("b"));
        await CommitAsync(Commit(patch));

        Assert.Equal((ColdCommitStatus.Committed, 1), Short(await CommitAsync(CreationOf(new AuthSessionId("clinic", "other"), 1, patch))));
    }
}
