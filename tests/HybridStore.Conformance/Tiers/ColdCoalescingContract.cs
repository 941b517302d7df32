using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>Several commits that reach cold as one patch, and what is remembered of them.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
[Promise(2, 6)]
public abstract class ColdCoalescingContract<TFixture> : ColdTierContract<TFixture>
    where TFixture : ColdTierFixture, new()
{
    /// <summary>Each commit that a patch took in is a repeat when it comes again, at the version that it made.</summary>
    [Fact]
    public async Task Commit_WhatWasTakenIn_IsRepeatedAtItsOwnVersion()
    {
        await CreateAsync();
        var (second, third, fourth) = (PatchAt(1, 2, Set("b", 2)), PatchAt(2, 3, Set("c", 3)), PatchAt(3, 4, Set("b", 4)));
        var coalesced = Absorbing(PatchAt(1, 4, Set("b", 4), Set("c", 3)), new CommitMark(second.CommitId, 2), new CommitMark(third.CommitId, 3));

        Assert.Equal((ColdCommitStatus.Committed, 4), Short(await CommitAsync(Commit(coalesced))));
        var before = await StateAsync();

        Assert.Equal((ColdCommitStatus.Repeated, 2), Short(await CommitAsync(Commit(second))));
        Assert.Equal((ColdCommitStatus.Repeated, 3), Short(await CommitAsync(Commit(third))));
        Assert.Equal((ColdCommitStatus.Repeated, 3), Short(await CommitAsync(Commit(new SealedPatch { CommitId = third.CommitId, Changes = [Set("c", 9)] }))));
        Assert.Equal((ColdCommitStatus.Repeated, 4), Short(await CommitAsync(Commit(coalesced))));
        Assert.Equal((ColdCommitStatus.Repeated, 4), Short(await CommitAsync(Commit(fourth))));
        Assert.Equal(before, await StateAsync());
    }

    /// <summary>A patch may take in more commits than are remembered: the last 64 versions are known.</summary>
    [Fact]
    public async Task Commit_MoreTakenInThanAreRemembered_TheLast64AreKnown()
    {
        await CreateAsync();
        CommitMark[] absorbed = [.. Enumerable.Range(2, 100).Select(version => new CommitMark(CommitId.New(), version))];
        var coalesced = Absorbing(PatchAt(1, 102, Set("b")), absorbed);

        Assert.Equal((ColdCommitStatus.Committed, 102), Short(await CommitAsync(Commit(coalesced))));

        var known = absorbed.Where(mark => mark.Version > 102 - AuthLimits.RememberedCommits).ToList();
        Assert.Equal([.. known, new CommitMark(coalesced.CommitId, 102)], (await ReadAsync()).Commits);
        foreach (var mark in known)
            Assert.Equal((ColdCommitStatus.Repeated, mark.Version), Short(await CommitAsync(Commit(new SealedPatch { CommitId = mark.Id, Changes = [Set("b", 9)] }))));
        var forgotten = new SealedPatch { CommitId = absorbed[0].Id, Changes = [Set("b", 9)] };
        Assert.Equal((ColdCommitStatus.Committed, 103), Short(await CommitAsync(Commit(forgotten))));
    }

    /// <summary>Patches of which some are there already: the others are applied, and what the former took in is not remembered anew.</summary>
    [Fact]
    public async Task Commit_PatchesSomeOfWhichAreThere_AppliesTheOthersInOrder()
    {
        await CreateAsync();
        var first = Absorbing(PatchAt(1, 3, Set("b", 3)), new CommitMark(CommitId.New(), 2));
        await CommitAsync(Commit(first));
        var late = Absorbing(PatchAt(1, 3, Set("b", 99)), new CommitMark(CommitId.New(), 2));
        var next = Absorbing(PatchAt(4, 7, Set("c", 7), Delete("a")), new CommitMark(CommitId.New(), 5), new CommitMark(CommitId.New(), 6));

        var result = await CommitAsync(Commit(late, PatchAt(3, 4, Set("c", 4), Set("d", 4)), next, PatchAt(7, 8, Set("e", 8))));

        Assert.Equal((ColdCommitStatus.Committed, 8, 3), (result.Status, result.Version, result.PreviousVersion));
        var read = await ReadAsync("a", "b", "c", "d", "e");
        Assert.Equal([0, 3, 7, 4, 8], read.Records.Select(r => r.Version));
        Assert.Equal([3, 7, 4, 8], read.Records.Skip(1).Select(r => (int)r.Envelope.Span[0]));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], read.Commits.Select(c => c.Version));
        Assert.Equal([first.Absorbed[0], new CommitMark(first.CommitId, 3)], read.Commits.Skip(1).Take(2));
        Assert.Equal([.. next.Absorbed, new CommitMark(next.CommitId, 7)], read.Commits.Skip(4).Take(3));
    }

    /// <summary>A patch that changes no record makes a version and is remembered.</summary>
    [Fact]
    public async Task Commit_PatchWithoutChanges_MakesAVersion()
    {
        var creation = Creation(Patch());
        Assert.Equal((ColdCommitStatus.Committed, 1), Short(await CommitAsync(creation)));
        var placed = PatchAt(1, 2);

        Assert.Equal((ColdCommitStatus.Committed, 2), Short(await CommitAsync(Commit(placed))));

        Assert.Equal((ColdCommitStatus.Repeated, 1), Short(await CommitAsync(creation)));
        var read = await ReadAsync("a");
        Assert.Equal((2, false), (read.Head!.Version, read.Records[0].Exists));
        Assert.Equal([new CommitMark(creation.Patches[0].CommitId, 1), new CommitMark(placed.CommitId, 2)], read.Commits);
        Assert.Empty(await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel)));
    }

    /// <summary>The commits that are remembered come with the data keys, in order of their versions, from the same snapshot.</summary>
    [Fact]
    public async Task Read_WithDataKeys_TellsTheCommitsThatAreRemembered()
    {
        Assert.Empty((await ReadAsync()).Commits);
        var commits = new List<ColdCommit> { Creation(Patch(Set("a"))) };
        for (var i = 0; i < 70; i++)
            commits.Add(Commit(Patch(Set("a", (byte)i))));
        foreach (var (i, commit) in commits.Index())
        {
            await CommitAsync(commit);
            if (i is 0 or 62 or 63 or 64 or 70)
            {
                var read = await ReadAsync("a");
                Assert.Equal(i + 1, read.Head!.Version);
                Assert.Equal(commits.Take(i + 1).Index().TakeLast(AuthLimits.RememberedCommits).Select(c => new CommitMark(c.Item.Patches[0].CommitId, c.Index + 1)), read.Commits);
            }
        }

        Assert.Empty((await Tier.ReadAsync(Session, [Record("a")], withDataKeys: false, Cancel)).Commits);
        await Tier.DeleteSessionAsync(Session, Cancel);
        Assert.Empty((await ReadAsync()).Commits);
        var next = CreationOf(Session, 2, Patch(Set("a")));
        await CommitAsync(next);
        Assert.Equal([new CommitMark(next.Patches[0].CommitId, 1)], (await ReadAsync()).Commits);
    }
}
