using HybridStore.Sqlite.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Tests;

public sealed class SqliteLeasesTests : TierTest
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Acquire_NoSession_IsGrantedAndTheSessionStillDoesNotExist()
    {
        var grant = await AcquireAsync("bot");

        Assert.Equal(new LeaseGrant { Granted = true, Epoch = 1, Until = Time.GetUtcNow() + Duration }, grant);
        Assert.Null(await HeadAsync());
        Assert.Empty(await ToListAsync(Tier.ListSessionsAsync(null, Cancel)));
        Assert.Empty(await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel)));
        Assert.Equal(0, (await ReadAsync("a")).LastEndedIncarnation);
        Assert.Equal(
            new ColdCommitResult { Status = ColdCommitStatus.Committed, Incarnation = 1, Version = 1, Epoch = 1 },
            await Tier.CommitAsync(WithEpoch(Creation(Patch(Set("a"))), 1), Cancel));
    }

    [Fact]
    public async Task Acquire_HeldByAnother_IsRefusedAndSaysByWhom()
    {
        await CreateAsync();
        await AcquireAsync("one");
        Time.Advance(TimeSpan.FromSeconds(10));

        var refusal = await AcquireAsync("two");

        Assert.Equal((false, 1, "one"), (refusal.Granted, refusal.Epoch, refusal.Holder));
        Assert.Equal(TimeSpan.FromSeconds(20), refusal.Until - Time.GetUtcNow());
        Assert.Equal(1, refusal.Head!.Version);
    }

    [Fact]
    public async Task Acquire_ByTheSameHolder_RaisesTheEpoch()
    {
        await CreateAsync();
        await AcquireAsync("one");
        var again = await AcquireAsync("one");
        Assert.Equal((true, 2, 2), (again.Granted, again.Epoch, again.Head!.Epoch));
    }

    [Fact]
    public async Task Acquire_HolderKnownToBeDead_TakesThatLeaseOverAndNoLaterOne()
    {
        await CreateAsync();
        long dead = (await AcquireAsync("one")).Epoch;

        var takeover = await Tier.Leases.AcquireAsync(new LeaseRequest(Session, "two", Duration, MayQueue: false) { DeadEpoch = dead }, Cancel);
        var late = await Tier.Leases.AcquireAsync(new LeaseRequest(Session, "three", Duration, MayQueue: false) { DeadEpoch = dead }, Cancel);

        Assert.Equal((true, 2), (takeover.Granted, takeover.Epoch));
        Assert.Equal((false, 2, "two"), (late.Granted, late.Epoch, late.Holder));
        Assert.Equal(ColdCommitStatus.Fenced, (await Tier.CommitAsync(WithEpoch(Commit(Patch(Set("a"))), dead), Cancel)).Status);
    }

    [Fact]
    public async Task Acquire_AfterItRanOut_FencesTheFormerHolder()
    {
        await CreateAsync();
        await AcquireAsync("one");
        Time.Advance(Duration);

        Assert.Equal(2, (await AcquireAsync("two")).Epoch);

        var late = await Tier.CommitAsync(WithEpoch(Commit(Patch(Set("a"))), 1), Cancel);
        Assert.Equal(new ColdCommitResult { Status = ColdCommitStatus.Fenced, Incarnation = 1, Version = 1, Epoch = 2 }, late);
        Assert.Equal([false], await Tier.Leases.RenewAsync([new LeaseRef(Session, 1)], Duration, Cancel));
        Assert.False(await Tier.Leases.ReleaseAsync(new LeaseRef(Session, 1), drained: true, Cancel));
    }

    [Fact]
    public async Task Acquire_MayQueue_SetsTheAheadMarkAndTellsTheFormerOne()
    {
        await CreateAsync();
        await AcquireAsync("one", mayQueue: true);
        Time.Advance(Duration);

        var second = await AcquireAsync("two", mayQueue: true);
        Time.Advance(Duration);
        var third = await AcquireAsync("three", mayQueue: false);

        Assert.Equal((1, 2), (second.FormerAheadEpoch, second.Head!.AheadEpoch));
        Assert.Equal((2, 2), (third.FormerAheadEpoch, third.Head!.AheadEpoch));
    }

    [Fact]
    public async Task Commit_WhileALeaseIsLive_NeedsItsEpoch()
    {
        await CreateAsync();
        await AcquireAsync("one");

        Assert.Equal(ColdCommitStatus.Fenced, (await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel)).Status);
        Assert.Equal(ColdCommitStatus.Fenced, (await Tier.CommitAsync(WithEpoch(Commit(Patch(Set("a"))), 2), Cancel)).Status);
        Assert.Equal(ColdCommitStatus.Committed, (await Tier.CommitAsync(WithEpoch(Commit(Patch(Set("a"))), 1), Cancel)).Status);
    }

    [Fact]
    public async Task Commit_WhileTheAheadMarkIsSet_NeedsTheEpochThoughTheLeaseRanOut()
    {
        await CreateAsync();
        await AcquireAsync("one", mayQueue: true);
        Time.Advance(Duration * 2);
        Assert.Equal(ColdCommitStatus.Fenced, (await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel)).Status);

        await Tier.Leases.ReleaseAsync(new LeaseRef(Session, 1), drained: true, Cancel);
        Assert.Equal(ColdCommitStatus.Committed, (await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel)).Status);
    }

    [Fact]
    public async Task Commit_WithoutALeaseAfterOneRanOut_EndsIt()
    {
        await CreateAsync();
        await AcquireAsync("one");
        Time.Advance(Duration);

        var past = await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel);

        Assert.Equal((ColdCommitStatus.Committed, 2), (past.Status, past.Epoch));
        Assert.Equal([false], await Tier.Leases.RenewAsync([new LeaseRef(Session, 1)], Duration, Cancel));
        Assert.Equal(ColdCommitStatus.Fenced, (await Tier.CommitAsync(WithEpoch(Commit(Patch(Set("a"))), 1), Cancel)).Status);
    }

    [Fact]
    public async Task Renew_ManyAtOnce_TellsOfEach()
    {
        var other = new AuthSessionId("clinic", "other");
        await AcquireAsync("one");
        await Tier.Leases.AcquireAsync(new LeaseRequest(other, "one", Duration, MayQueue: false), Cancel);
        Time.Advance(TimeSpan.FromSeconds(20));

        var renewed = await Tier.Leases.RenewAsync(
            [new LeaseRef(Session, 1), new LeaseRef(other, 9), new LeaseRef(other, 1), new LeaseRef(new AuthSessionId("no", "body"), 1)], Duration, Cancel);

        Assert.Equal([true, false, true, false], renewed);
        Time.Advance(TimeSpan.FromSeconds(20));
        Assert.False((await AcquireAsync("two")).Granted);
    }

    [Fact]
    public async Task Renew_RanOutButNobodyCameBetween_StillHolds()
    {
        await CreateAsync();
        await AcquireAsync("one");
        Time.Advance(Duration * 3);

        Assert.Equal([true], await Tier.Leases.RenewAsync([new LeaseRef(Session, 1)], Duration, Cancel));
        Assert.False((await AcquireAsync("two")).Granted);
    }

    [Fact]
    public async Task Renew_None_IsNothing() => Assert.Empty(await Tier.Leases.RenewAsync([], Duration, Cancel));

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Release_Lease_KeepsTheAheadMarkUnlessDrained(bool drained, long ahead)
    {
        await CreateAsync();
        await AcquireAsync("one", mayQueue: true);

        Assert.True(await Tier.Leases.ReleaseAsync(new LeaseRef(Session, 1), drained, Cancel));
        Assert.False(await Tier.Leases.ReleaseAsync(new LeaseRef(Session, 1), drained, Cancel));

        Assert.Equal((1, ahead), ((await HeadAsync())!.Epoch, (await HeadAsync())!.AheadEpoch));
        Assert.Equal((true, 2, ahead), await AcquireAsync("two") is var next ? (next.Granted, next.Epoch, next.FormerAheadEpoch) : default);
    }

    [Fact]
    public async Task ListAhead_Sessions_AreThoseWithAMarkInOrder()
    {
        await CreateAsync();
        foreach (string name in new[] { "b", "a", "c" })
            await Tier.Leases.AcquireAsync(new LeaseRequest(new AuthSessionId("t", name), "bot", Duration, MayQueue: name != "c"), Cancel);
        await AcquireAsync("bot", mayQueue: true);

        var ahead = await ToListAsync(Tier.Leases.ListAheadAsync(unheldOnly: false, Cancel));

        Assert.Equal([Session, new AuthSessionId("t", "a"), new AuthSessionId("t", "b")], ahead.Select(s => s.Id));
        Assert.Equal([1, 0, 0], ahead.Select(s => s.Head.Version));
        Assert.All(ahead, s => Assert.Equal(1, s.Head.AheadEpoch));
    }

    [Fact]
    public async Task Epoch_OverDeletions_OnlyRises()
    {
        long last = 0;
        for (int life = 1; life <= 3; life++)
        {
            long epoch = (await AcquireAsync("bot")).Epoch;
            Assert.True(epoch > last);
            Assert.Equal(ColdCommitStatus.Committed, (await Tier.CommitAsync(WithEpoch(CreationOf(Session, life, Patch(Set("a"))), epoch), Cancel)).Status);
            last = (await Tier.DeleteSessionAsync(Session, Cancel)).Epoch;
            Assert.True(last > epoch);
        }
    }

    private async Task<LeaseGrant> AcquireAsync(string holder, bool mayQueue = false) =>
        await Tier.Leases.AcquireAsync(new LeaseRequest(Session, holder, Duration, mayQueue), Cancel);
}
