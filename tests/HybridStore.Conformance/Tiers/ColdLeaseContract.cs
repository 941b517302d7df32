using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>Leases, and the epochs that fence former holders.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
[Promise(8)]
public abstract class ColdLeaseContract<TFixture> : ColdTierContract<TFixture>
    where TFixture : ColdTierFixture, new()
{
    /// <summary>A session that does not exist can be held, and still does not exist.</summary>
    [Fact]
    public async Task Acquire_NoSession_IsGrantedAndTheSessionStillDoesNotExist()
    {
        var grant = await AcquireAsync("bot");

        Assert.Equal((true, 1, null, 0, null), (grant.Granted, grant.Epoch, grant.Holder, grant.FormerAheadEpoch, grant.Head));
        Assert.Null(await HeadAsync());
        Assert.Empty(await ToListAsync(Tier.ListSessionsAsync(null, Cancel)));
        Assert.Empty(await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel)));
        Assert.Equal(0, (await ReadAsync("a")).LastEndedIncarnation);
        Assert.Equal(
            new ColdCommitResult { Status = ColdCommitStatus.Committed, Incarnation = 1, Version = 1, Epoch = 1 },
            await CommitAsync(WithEpoch(Creation(Patch(Set("a"))), 1)));
    }

    /// <summary>A session that another holds is refused, and by whom is said.</summary>
    [Fact]
    public async Task Acquire_HeldByAnother_IsRefusedAndSaysByWhom()
    {
        await CreateAsync();
        var first = await AcquireAsync("one");

        var refusal = await AcquireAsync("two", mayQueue: true);

        Assert.Equal((false, 1, "one"), (refusal.Granted, refusal.Epoch, refusal.Holder));
        Assert.Equal(first.Until, refusal.Until);
        Assert.Equal((1, 0), (refusal.Head!.Version, refusal.Head.AheadEpoch));
    }

    /// <summary>The same holder that asks again gets a higher epoch.</summary>
    [Fact]
    public async Task Acquire_ByTheSameHolder_RaisesTheEpoch()
    {
        await CreateAsync();
        await AcquireAsync("one");

        var again = await AcquireAsync("one");

        Assert.Equal((true, 2, 2), (again.Granted, again.Epoch, again.Head!.Epoch));
        Assert.False(await RenewAsync(1));
    }

    /// <summary>The lease of a holder known to be dead is taken over, and no later one.</summary>
    [Fact]
    public async Task Acquire_HolderKnownToBeDead_TakesThatLeaseOverAndNoLaterOne()
    {
        await CreateAsync();
        var dead = (await AcquireAsync("one")).Epoch;

        var takeover = await AcquireAsync("two", deadEpoch: dead);
        var late = await AcquireAsync("three", deadEpoch: dead);

        Assert.Equal((true, 2), (takeover.Granted, takeover.Epoch));
        Assert.Equal((false, 2, "two"), (late.Granted, late.Epoch, late.Holder));
        Assert.Equal(ColdCommitStatus.Fenced, (await CommitAsync(WithEpoch(Commit(Patch(Set("a"))), dead))).Status);
    }

    /// <summary>After a lease ran out, who takes it fences the former holder for good.</summary>
    [Fact]
    public async Task Acquire_AfterItRanOut_FencesTheFormerHolder()
    {
        await CreateAsync();
        await AcquireAsync("one");
        await RunOutAsync();
        Assert.Equal(2, (await AcquireAsync("two")).Epoch);
        var before = await StateAsync();

        var late = await CommitAsync(WithEpoch(Commit(Patch(Set("a", 66))), 1));

        Assert.Equal(new ColdCommitResult { Status = ColdCommitStatus.Fenced, Incarnation = 1, Version = 1, Epoch = 2 }, late);
        Assert.False(await RenewAsync(1));
        Assert.False(await ReleaseAsync(1, drained: true));
        Assert.Equal(before, await StateAsync());
        Assert.Equal((ColdCommitStatus.Committed, 2), Short(await CommitAsync(WithEpoch(Commit(Patch(Set("a"))), 2))));
    }

    /// <summary>A session that moved here from another store: the epochs go on above those that were given out there, and what they fence is the same.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Acquire_AboveAnEpoch_RaisesItAboveThatOne(bool exists)
    {
        if (exists)
            await CreateAsync();

        var grant = await AcquireAboveAsync("one", 5_000_000_000, mayQueue: true);

        Assert.Equal((true, 5_000_000_001L, 0L), (grant.Granted, grant.Epoch, grant.FormerAheadEpoch));
        Assert.Equal(exists, grant.Head is { Epoch: 5_000_000_001, AheadEpoch: 5_000_000_001 });
        Assert.False(await RenewAsync(1));
        Assert.True(await RenewAsync(5_000_000_001));
        var again = await AcquireAboveAsync("one", 7, mayQueue: false);
        Assert.Equal((5_000_000_002, 5_000_000_001), (again.Epoch, again.FormerAheadEpoch));
        var refused = await AcquireAboveAsync("two", 9_000_000_000, mayQueue: false);
        Assert.Equal((false, 5_000_000_002), (refused.Granted, refused.Epoch));

        async Task<LeaseGrant> AcquireAboveAsync(string holder, long above, bool mayQueue) =>
            await Tier.Leases.AcquireAsync(new LeaseRequest(Session, holder, TimeSpan.FromMinutes(10), mayQueue) { AboveEpoch = above }, Cancel);
    }

    /// <summary>Many processes that ask at once: one is granted.</summary>
    [Fact]
    public async Task Acquire_ManyAtOnce_OneIsGranted()
    {
        await CreateAsync();
        var other = await Fixture.OpenAsync();

        var grants = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(
            async () => await (i % 2 == 0 ? Tier : other).Leases.AcquireAsync(new LeaseRequest(Session, $"bot {i}", TimeSpan.FromMinutes(10), MayQueue: false), Cancel), Cancel)));

        var granted = Assert.Single(grants, g => g.Granted);
        Assert.Equal(1, granted.Epoch);
        Assert.All(grants, g => Assert.Equal(1, g.Epoch));
    }

    /// <summary>While a lease is live, only its epoch commits.</summary>
    [Fact]
    public async Task Commit_WhileALeaseIsLive_NeedsItsEpoch()
    {
        await CreateAsync();
        await AcquireAsync("one");
        var before = await StateAsync();

        Assert.Equal(ColdCommitStatus.Fenced, (await CommitAsync(Commit(Patch(Set("a", 9))))).Status);
        Assert.Equal(ColdCommitStatus.Fenced, (await CommitAsync(WithEpoch(Commit(Patch(Set("a", 9))), 2))).Status);
        Assert.Equal(before, await StateAsync());
        Assert.Equal((ColdCommitStatus.Committed, 2), Short(await CommitAsync(WithEpoch(Commit(Patch(Set("a"))), 1))));
    }

    /// <summary>A lease that ran out holds on as long as nobody came between.</summary>
    [Fact]
    public async Task Renew_RanOutButNobodyCameBetween_StillHolds()
    {
        await CreateAsync();
        await AcquireAsync("one");
        await RunOutAsync();

        Assert.True(await RenewAsync(1));
        Assert.False((await AcquireAsync("two")).Granted);
        Assert.Equal((ColdCommitStatus.Committed, 2), Short(await CommitAsync(WithEpoch(Commit(Patch(Set("a"))), 1))));
    }

    /// <summary>A commit without a lease ends one that ran out: its holder knows nothing of that commit.</summary>
    [Fact]
    public async Task Commit_WithoutALeaseAfterOneRanOut_EndsIt()
    {
        await CreateAsync();
        await AcquireAsync("one");
        await RunOutAsync();

        var past = await CommitAsync(Commit(Patch(Set("a"))));

        Assert.Equal((ColdCommitStatus.Committed, 2), (past.Status, past.Epoch));
        Assert.Equal(2, (await CommitAsync(Commit(Patch(Set("a"))))).Epoch);
        Assert.False(await RenewAsync(1));
        Assert.False(await RenewAsync(2));
        Assert.Equal(ColdCommitStatus.Fenced, (await CommitAsync(WithEpoch(Commit(Patch(Set("a"))), 1))).Status);
    }

    /// <summary>A commit that conflicts ends nothing.</summary>
    [Fact]
    public async Task Commit_WithoutALeaseThatConflicts_LeavesTheLeaseThatRanOut()
    {
        await CreateAsync();
        await AcquireAsync("one");
        await RunOutAsync();

        var conflict = await CommitAsync(Commit(new SealedPatch { CommitId = CommitId.New(), Changes = [Set("a")], ExpectedSessionVersion = 9 }));

        Assert.Equal((ColdCommitStatus.Conflict, 1), (conflict.Status, conflict.Epoch));
        Assert.True(await RenewAsync(1));
    }

    /// <summary>Many leases are extended in one step, and each is told of.</summary>
    [Fact]
    public async Task Renew_ManyAtOnce_TellsOfEach()
    {
        var other = new AuthSessionId("clinic", "other");
        await AcquireAsync("one");
        await Tier.Leases.AcquireAsync(new LeaseRequest(other, "one", Fixture.LeaseDuration, MayQueue: false), Cancel);

        var renewed = await Tier.Leases.RenewAsync(
            [new LeaseRef(Session, 1), new LeaseRef(other, 9), new LeaseRef(other, 1), new LeaseRef(new AuthSessionId("no", "body"), 1)], TimeSpan.FromHours(1), Cancel);

        Assert.Equal([true, false, true, false], renewed);
        await RunOutAsync();
        Assert.False((await AcquireAsync("two")).Granted);
        Assert.Empty(await Tier.Leases.RenewAsync([], Fixture.LeaseDuration, Cancel));
    }

    /// <summary>A released lease is free at once.</summary>
    [Fact]
    public async Task Release_Lease_IsFreeAtOnce()
    {
        await CreateAsync();
        await AcquireAsync("one");

        Assert.True(await ReleaseAsync(1, drained: true));

        Assert.False(await ReleaseAsync(1, drained: true));
        Assert.False(await RenewAsync(1));
        Assert.Equal((ColdCommitStatus.Committed, 2), Short(await CommitAsync(Commit(Patch(Set("a"))))));
        Assert.True((await AcquireAsync("two")).Granted);
    }

    /// <summary>The ahead mark stays until everything was drained.</summary>
    /// <param name="drained">Whether it was.</param>
    /// <param name="ahead">The mark that stays.</param>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    [Promise(2, 8)]
    public async Task Release_Lease_KeepsTheAheadMarkUnlessDrained(bool drained, long ahead)
    {
        await CreateAsync();
        await AcquireAsync("one", mayQueue: true);

        Assert.True(await ReleaseAsync(1, drained));

        Assert.Equal((1, ahead), ((await HeadAsync())!.Epoch, (await HeadAsync())!.AheadEpoch));
        Assert.Equal(drained ? 0 : 1, (await ToListAsync(Tier.Leases.ListAheadAsync(unheldOnly: false, Cancel))).Count);
        var next = await AcquireAsync("two");
        Assert.Equal((true, 2, ahead), (next.Granted, next.Epoch, next.FormerAheadEpoch));
    }

    /// <summary>A lease that may queue sets the ahead mark, and tells of the former one; one that may not leaves it.</summary>
    [Fact]
    [Promise(2, 8)]
    public async Task Acquire_MayQueue_SetsTheAheadMarkAndTellsTheFormerOne()
    {
        await CreateAsync();
        Assert.Equal(0, (await AcquireAsync("one", mayQueue: true)).FormerAheadEpoch);
        await RunOutAsync();

        var second = await AcquireAsync("two", mayQueue: true);
        await RunOutAsync();
        var third = await AcquireAsync("three");

        Assert.Equal((1, 2), (second.FormerAheadEpoch, second.Head!.AheadEpoch));
        Assert.Equal((2, 2), (third.FormerAheadEpoch, third.Head!.AheadEpoch));
    }

    /// <summary>A lease may come to queue later: its mark is set then, is the one that the next holder is told of, and its own holder may clear it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Promise(2, 8)]
    public async Task SetAhead_ByTheHolder_SetsTheMarkAndClearsIt(bool exists)
    {
        if (exists)
            await CreateAsync();
        await AcquireAsync("one");
        var lease = new LeaseRef(Session, 1);

        Assert.True(await Tier.Leases.SetAheadAsync(lease, mayQueue: true, Cancel));
        Assert.Equal(Session, Assert.Single(await ToListAsync(Tier.Leases.ListAheadAsync(unheldOnly: false, Cancel))).Id);
        Assert.Equal(exists ? 1 : null, (await HeadAsync())?.AheadEpoch);
        Assert.True(await Tier.Leases.SetAheadAsync(lease, mayQueue: true, Cancel));

        Assert.True(await Tier.Leases.SetAheadAsync(lease, mayQueue: false, Cancel));
        Assert.Empty(await ToListAsync(Tier.Leases.ListAheadAsync(unheldOnly: false, Cancel)));
        Assert.Equal(exists ? 0 : null, (await HeadAsync())?.AheadEpoch);

        // The lease is what it was.
        Assert.Equal([true], await Tier.Leases.RenewAsync([lease], Fixture.LeaseDuration, Cancel));
        Assert.False((await AcquireAsync("two")).Granted);
        Assert.True(await Tier.Leases.SetAheadAsync(lease, mayQueue: true, Cancel));
        await RunOutAsync();
        Assert.Equal((true, 2, 1), await AcquireAsync("two") is var next ? (next.Granted, next.Epoch, next.FormerAheadEpoch) : default);
    }

    /// <summary>A lease that is over, or never was, marks nothing and clears nothing.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Promise(2, 8)]
    public async Task SetAhead_LeaseIsOver_ChangesNothing(bool takenOver)
    {
        await CreateAsync();
        await AcquireAsync("one", mayQueue: true);
        var lease = new LeaseRef(Session, 1);
        await ReleaseAsync(1, drained: false);
        Assert.False(await Tier.Leases.SetAheadAsync(lease, mayQueue: false, Cancel));
        if (takenOver)
            await AcquireAsync("two", mayQueue: true);

        foreach (var mayQueue in (bool[])[true, false])
        {
            Assert.False(await Tier.Leases.SetAheadAsync(lease, mayQueue, Cancel));
            Assert.False(await Tier.Leases.SetAheadAsync(lease with { Epoch = 7 }, mayQueue, Cancel));
            Assert.False(await Tier.Leases.SetAheadAsync(new LeaseRef(new AuthSessionId("t", "nobody's"), 1), mayQueue, Cancel));
        }

        Assert.Equal(takenOver ? 2 : 1, (await HeadAsync())!.AheadEpoch);
        Assert.Equal(Session, Assert.Single(await ToListAsync(Tier.Leases.ListAheadAsync(unheldOnly: false, Cancel))).Id);
    }

    /// <summary>While the ahead mark is set, nobody commits past what may be queued.</summary>
    [Fact]
    [Promise(2, 8)]
    public async Task Commit_WhileTheAheadMarkIsSet_NeedsTheEpochThoughTheLeaseRanOut()
    {
        await CreateAsync();
        await AcquireAsync("one", mayQueue: true);
        await RunOutAsync();
        Assert.Equal(ColdCommitStatus.Fenced, (await CommitAsync(Commit(Patch(Set("a"))))).Status);

        await ReleaseAsync(1, drained: true);
        Assert.Equal((ColdCommitStatus.Committed, 2), Short(await CommitAsync(Commit(Patch(Set("a"))))));
    }

    /// <summary>The sessions with an ahead mark are listed in order, also those that were not created yet.</summary>
    [Fact]
    [Promise(2, 8)]
    public async Task ListAhead_Sessions_AreThoseWithAMarkInOrder()
    {
        await CreateAsync();
        foreach (var name in (string[])["b", "a", "c"])
            await Tier.Leases.AcquireAsync(new LeaseRequest(new AuthSessionId("t", name), "bot", Fixture.LeaseDuration, MayQueue: name != "c"), Cancel);
        await AcquireAsync("bot", mayQueue: true);

        var ahead = await ToListAsync(Tier.Leases.ListAheadAsync(unheldOnly: false, Cancel));

        Assert.Equal([Session, new AuthSessionId("t", "a"), new AuthSessionId("t", "b")], ahead.Select(s => s.Id));
        Assert.Equal([1, 0, 0], ahead.Select(s => s.Head.Version));
        Assert.All(ahead, s => Assert.Equal(1, s.Head.AheadEpoch));
    }
}
