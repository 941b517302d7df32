using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>What a hot tier says of a commit that comes again: the first version, and nothing changes.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
public abstract class HotRepeatContract<TFixture> : HotContract<TFixture>
    where TFixture : HotTierFixture, new()
{
    /// <summary>A repeat is told of with the first version, whatever came since: more commits, cold's acknowledgement, the loss of the records.</summary>
    [Fact]
    [Promise(6)]
    public async Task Queue_Again_IsRepeatedAtTheFirstVersion()
    {
        await ReadyAsync(version: 5);
        SealedPatch[] two = [Patch(6, (A, [1])), Patch(7, (B, [1]))];
        await QueuedAsync(two);
        await IsRepeatedAsync(7, two);

        await QueuedAsync(Patch(8, (A, [2])));
        await IsRepeatedAsync(7, two);
        await IsRepeatedAsync(6, two[0]);

        await Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, 8, Cancel);
        await IsRepeatedAsync(7, two);

        await Tier.EvictAsync(Session, Cancel);
        await IsRepeatedAsync(7, two);
    }

    /// <summary>The names of commits that were coalesced into one are remembered with it, each at its own version.</summary>
    [Fact]
    [Promise(6)]
    public async Task Queue_AbsorbedCommits_AreRememberedToo()
    {
        await ReadyAsync(version: 5);
        CommitMark[] absorbed = [new(CommitId.New(), 6), new(CommitId.New(), 8)];
        var patch = new SealedPatch { CommitId = CommitId.New(), Predecessor = 5, Version = 9, Absorbed = absorbed, Changes = [new SealedChange(A, new byte[] { 1 })] };
        await QueuedAsync(patch);

        await IsRepeatedAsync(6, Patch(absorbed[0].Id, 5, 6, (A, [1])));
        await IsRepeatedAsync(8, Patch(absorbed[1].Id, 7, 8, (A, [1])));
        await IsRepeatedAsync(9, patch);
        Assert.Equal(absorbed, Assert.Single(await EntriesAsync()).Patch.Absorbed);
    }

    /// <summary>A commit that cold took is known in hot as well.</summary>
    [Fact]
    [Promise(6)]
    public async Task Queue_WhatColdHasTaken_IsRepeated()
    {
        await ReadyAsync(version: 5);
        var patch = Patch(6, (A, [1]));
        Assert.True(await ApplyAsync(5, Meta(6), patch.CommitId, (A, [1])));

        await IsRepeatedAsync(6, patch);
        Assert.Empty(await EntriesAsync());
    }

    /// <summary>As many commits back as every tier remembers, a repeat is known.</summary>
    [Fact]
    [Promise(6)]
    public async Task Queue_RepeatsOfTheLast64_AreKnown()
    {
        await ReadyAsync(version: 0);
        SealedPatch[] patches = [.. Enumerable.Range(1, AuthLimits.RememberedCommits + 1).Select(v => Patch(v, (A, [(byte)v])))];
        foreach (var patch in patches)
            await QueuedAsync(patch);

        foreach (var patch in patches.Skip(1))
            await IsRepeatedAsync(patch.Version, patch);
    }

    /// <summary>The same commit id in another session is another commit.</summary>
    [Fact]
    [Promise(13)]
    public async Task Queue_SameCommitIdInAnotherSession_IsAnotherCommit()
    {
        var other = new AuthSessionId("clinic", "reception2");
        await ReadyAsync(version: 5);
        await ReadyAsync(version: 5, session: other);
        var patch = Patch(6, (A, [1]));
        await QueuedAsync(patch);
        var before = await StateAsync();

        Assert.Equal(HotQueueStatus.Queued, (await QueueAsync(Queued([patch], session: other))).Status);
        Assert.Equal(before, await StateAsync());
    }

    private async Task IsRepeatedAsync(long version, params SealedPatch[] patches)
    {
        var before = await StateAsync();
        Assert.Equal(new HotQueueResult(HotQueueStatus.Repeated, version), await QueueAsync(patches));
        Assert.Equal(before, await StateAsync());
    }
}
