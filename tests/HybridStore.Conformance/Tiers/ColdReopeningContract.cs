using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>What is there after every process has ended and another began. Skipped where <see cref="ColdTierFixture.CanReopen"/> says no.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
[Promise(2)]
public abstract class ColdReopeningContract<TFixture> : ColdTierContract<TFixture>
    where TFixture : ColdTierFixture, new()
{
    /// <summary>Records, versions, data keys and times are as they were.</summary>
    [Fact]
    public async Task Reopen_Session_IsAsItWas()
    {
        await CreateAsync();
        await CommitAsync(Commit(Patch(Set("b", 2, 70_000), Delete("a"), Set("c", 3, 0))));
        var before = await StateAsync();

        await ReopenAsync();

        Assert.Equal(before, await StateAsync());
        var read = await ReadAsync("a", "b", "c");
        Assert.Equal([0, 2, 2], read.Records.Select(r => r.Version));
        Assert.True(Assert.Single(read.DataKeys).Bytes.Span.SequenceEqual(Key1.Bytes.Span));
        Assert.Equal((ColdCommitStatus.Committed, 3), Short(await CommitAsync(Commit(Patch(Set("a"))))));
    }

    /// <summary>Commit ids are remembered.</summary>
    [Fact]
    [Promise(6)]
    public async Task Reopen_RepeatOfACommit_IsStillARepeat()
    {
        var commit = Creation(Patch(Set("a")));
        await CommitAsync(commit);

        await ReopenAsync();

        Assert.Equal((ColdCommitStatus.Repeated, 1), Short(await CommitAsync(commit)));
    }

    /// <summary>Tombstones are remembered.</summary>
    [Fact]
    [Promise(5)]
    public async Task Reopen_DeletedSession_StaysDeleted()
    {
        var commit = Creation(Patch(Set("a")));
        await CommitAsync(commit);
        await Tier.DeleteSessionAsync(Session, Cancel);

        await ReopenAsync();

        var read = await ReadAsync("a");
        Assert.Equal((null, 1, false), (read.Head, read.LastEndedIncarnation, read.Records[0].Exists));
        Assert.Equal(ColdCommitStatus.IncarnationEnded, (await CommitAsync(commit)).Status);
        Assert.Equal(new ColdDeletion(false, 1, 1, 1), await Tier.DeleteSessionAsync(Session, Cancel));
    }

    /// <summary>Leases and ahead marks are remembered.</summary>
    [Fact]
    [Promise(8)]
    public async Task Reopen_HeldSession_IsStillHeld()
    {
        await CreateAsync();
        var grant = await Tier.Leases.AcquireAsync(new LeaseRequest(Session, "one", TimeSpan.FromHours(1), MayQueue: true), Cancel);

        await ReopenAsync();

        Assert.Equal((false, "one"), await AcquireAsync("two") is var refusal ? (refusal.Granted, refusal.Holder) : default);
        Assert.Equal(ColdCommitStatus.Fenced, (await CommitAsync(Commit(Patch(Set("a"))))).Status);
        Assert.Equal((ColdCommitStatus.Committed, 2), Short(await CommitAsync(WithEpoch(Commit(Patch(Set("a"))), grant.Epoch))));
        Assert.Equal(Session, Assert.Single(await ToListAsync(Tier.Leases.ListAheadAsync(unheldOnly: false, Cancel))).Id);
    }

    private async Task ReopenAsync()
    {
        Assert.SkipUnless(Fixture.CanReopen, "The tier keeps nothing beyond its process.");
        await Tier.DisposeAsync();
        await base.InitializeAsync();
    }
}
