using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>Who takes over a session that may have queued commits, and who leaves it alone.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
[Promise(2, 8)]
public abstract class ColdTakeoverContract<TFixture> : ColdTierContract<TFixture>
    where TFixture : ColdTierFixture, new()
{
    /// <summary>A lease that ran out here but lives on elsewhere is not taken: the session stays as it is, and whose it was is said.</summary>
    [Fact]
    public async Task Acquire_RanOutButKnownToLive_IsRefusedAndSaysWhoseItWas()
    {
        await CreateAsync();
        var held = await AcquireAsync("one", mayQueue: true);
        await RunOutAsync();

        var refusal = await AcquireAsync(Request("two") with { LiveEpoch = held.Epoch });

        Assert.Equal((false, 1, "one", 1), (refusal.Granted, refusal.Epoch, refusal.Holder, refusal.FormerAheadEpoch));
        Assert.Equal((held.Until, 1, 1), (refusal.Until, refusal.Head!.Epoch, refusal.Head.AheadEpoch));
        Assert.True(await RenewAsync(held.Epoch));
        Assert.Equal((ColdCommitStatus.Committed, 2), Short(await CommitAsync(WithEpoch(Commit(Patch(Set("a"))), held.Epoch))));
    }

    /// <summary>Its own holder, who knows that an earlier lease of its lives on, may take it again.</summary>
    [Fact]
    public async Task Acquire_KnownToLiveByTheSameHolder_RaisesTheEpoch()
    {
        await CreateAsync();
        var held = await AcquireAsync("one", mayQueue: true);
        await RunOutAsync();

        var again = await AcquireAsync(Request("one") with { LiveEpoch = held.Epoch });

        Assert.Equal((true, 2, 1), (again.Granted, again.Epoch, again.FormerAheadEpoch));
    }

    /// <summary>That an earlier lease than the session's lives on says nothing, nor does it where nothing was queued.</summary>
    /// <param name="mayQueue">Whether the former holder might queue.</param>
    /// <param name="liveEpoch">Which epoch is said to live.</param>
    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task Acquire_AnotherEpochLivesOrNothingIsQueued_IsGranted(bool mayQueue, long liveEpoch)
    {
        await CreateAsync();
        await AcquireAsync("one");
        await AcquireAsync("one", mayQueue);
        await RunOutAsync();

        var grant = await AcquireAsync(Request("two") with { LiveEpoch = liveEpoch });

        Assert.Equal((true, 3, mayQueue ? 2 : 0), (grant.Granted, grant.Epoch, grant.FormerAheadEpoch));
    }

    /// <summary>A holder that is known to be dead is taken over from, whatever the hot tier believes of it.</summary>
    [Fact]
    public async Task Acquire_KnownToBeDead_IsGrantedThoughItSeemsToLiveAndThoughItIsAhead()
    {
        await CreateAsync();
        var dead = (await AcquireAsync("one", mayQueue: true)).Epoch;

        var grant = await AcquireAsync(Request("two") with { DeadEpoch = dead, LiveEpoch = dead, RefusesAhead = true });

        Assert.Equal((true, 2, 1), (grant.Granted, grant.Epoch, grant.FormerAheadEpoch));
        Assert.False(await RenewAsync(dead));
    }

    /// <summary>Who can't ask hot leaves a session alone that carries an ahead mark, and raises no epoch.</summary>
    /// <param name="released">Whether the former holder gave the lease back; otherwise it ran out.</param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Acquire_RefusesAhead_LeavesTheSessionAlone(bool released)
    {
        await CreateAsync();
        await AcquireAsync("one", mayQueue: true);
        if (released)
            await ReleaseAsync(1, drained: false);
        else
            await RunOutAsync();
        var before = await StateAsync();

        var refusal = await AcquireAsync(Request("two") with { MayQueue = true, RefusesAhead = true });
        var own = await AcquireAsync(Request("one") with { RefusesAhead = true });

        Assert.Equal((false, 1, 1), (refusal.Granted, refusal.Epoch, refusal.FormerAheadEpoch));
        Assert.Equal((false, 1, 1), (own.Granted, own.Epoch, own.FormerAheadEpoch));
        Assert.Equal(before, await StateAsync());
        Assert.Equal((true, 2, 1), await AcquireAsync("two") is var taken ? (taken.Granted, taken.Epoch, taken.FormerAheadEpoch) : default);
    }

    /// <summary>Without an ahead mark, and for a session that never was, there is nothing to leave alone.</summary>
    [Fact]
    public async Task Acquire_RefusesAheadWithoutAMark_IsGranted()
    {
        Assert.Equal(1, (await AcquireAsync(Request("one") with { RefusesAhead = true, LiveEpoch = 7 })).Epoch);
        await ReleaseAsync(1, drained: true);

        Assert.Equal((true, 2, 0), await AcquireAsync(Request("two") with { RefusesAhead = true }) is var grant ? (grant.Granted, grant.Epoch, grant.FormerAheadEpoch) : default);
    }

    /// <summary>A refusal because another holds the session says which mark it carries.</summary>
    [Fact]
    public async Task Acquire_HeldByAnotherWhoMayQueue_SaysTheMark()
    {
        await AcquireAsync("one", mayQueue: true);

        var refusal = await AcquireAsync("two");

        Assert.Equal((false, 1, "one", 1, null), (refusal.Granted, refusal.Epoch, refusal.Holder, refusal.FormerAheadEpoch, refusal.Head));
    }

    /// <summary>Sessions that nobody holds are told from those that somebody holds, by the tier's own clock.</summary>
    [Fact]
    public async Task ListAhead_UnheldOnly_LeavesOutWhatIsHeld()
    {
        var until = TimeSpan.FromHours(1);
        foreach (var name in (string[])["held", "ran out", "released", "not ahead"])
            await Tier.Leases.AcquireAsync(new LeaseRequest(Named(name), "bot", name == "held" ? until : Fixture.LeaseDuration, MayQueue: name != "not ahead"), Cancel);
        await Tier.Leases.ReleaseAsync(new LeaseRef(Named("released"), 1), drained: false, Cancel);
        Assert.Equal(["released"], await UnheldAsync());

        await RunOutAsync();

        Assert.Equal(["ran out", "released"], await UnheldAsync());
        Assert.Equal(["held", "ran out", "released"], (await ToListAsync(Tier.Leases.ListAheadAsync(unheldOnly: false, Cancel))).Select(s => s.Id.Session));
        await Tier.Leases.RenewAsync([new LeaseRef(Named("ran out"), 1)], until, Cancel);
        await Tier.Leases.AcquireAsync(new LeaseRequest(Named("released"), "other", until, MayQueue: false), Cancel);
        Assert.Empty(await UnheldAsync());
    }

    /// <summary>Marks come and go: what is listed is what the sessions say.</summary>
    [Fact]
    public async Task ListAhead_MarksThatCameAndWent_AreThoseOfNow()
    {
        foreach (var name in (string[])["drained", "deleted", "drained and back", "stays"])
            await Tier.Leases.AcquireAsync(new LeaseRequest(Named(name), "bot", Fixture.LeaseDuration, MayQueue: true), Cancel);
        await Tier.Leases.ReleaseAsync(new LeaseRef(Named("drained"), 1), drained: true, Cancel);
        await Tier.Leases.ReleaseAsync(new LeaseRef(Named("drained and back"), 1), drained: true, Cancel);
        await Tier.DeleteSessionAsync(Named("deleted"), Cancel);

        Assert.Equal(["stays"], await AheadAsync());
        await Tier.Leases.AcquireAsync(new LeaseRequest(Named("drained and back"), "bot", Fixture.LeaseDuration, MayQueue: true), Cancel);
        Assert.Equal(["drained and back", "stays"], await AheadAsync());

        async Task<IEnumerable<string>> AheadAsync() => (await ToListAsync(Tier.Leases.ListAheadAsync(unheldOnly: false, Cancel))).Select(s => s.Id.Session);
    }

    private static AuthSessionId Named(string session) => new("t", session);

    private LeaseRequest Request(string holder) => new(Session, holder, Fixture.LeaseDuration, MayQueue: false);

    private async Task<LeaseGrant> AcquireAsync(LeaseRequest request) => await Tier.Leases.AcquireAsync(request, Cancel);

    private async Task<IEnumerable<string>> UnheldAsync() => (await ToListAsync(Tier.Leases.ListAheadAsync(unheldOnly: true, Cancel))).Select(s => s.Id.Session);
}
