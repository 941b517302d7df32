using HybridStore.MongoDb.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.MongoDb.Tests;

/// <summary>Processes whose clocks disagree: the server's is the only one that counts.</summary>
public sealed class MongoDbClockTests : MongoDbTierTest
{
    [Fact]
    public async Task Leases_ProcessClocksAreAnHourOffEachWay_AreOneHoldersAtATime()
    {
        var database = await DatabaseAsync();
        await using var fast = new MongoDbColdTier(database, timeProvider: new Shifted(TimeSpan.FromHours(1)));
        await using var slow = new MongoDbColdTier(database, timeProvider: new Shifted(TimeSpan.FromHours(-1)));

        // To the fast one, a lease of the slow one would have ended long ago; the slow one would think a lease of the fast one lasts for hours.
        var held = await slow.Leases.AcquireAsync(new LeaseRequest(Session, "slow", TimeSpan.FromMinutes(5), MayQueue: true), Cancel);
        var refused = await fast.Leases.AcquireAsync(new LeaseRequest(Session, "fast", TimeSpan.FromMinutes(5), MayQueue: true), Cancel);
        Assert.Equal((true, false, "slow", held.Until), (held.Granted, refused.Granted, refused.Holder, refused.Until));
        Assert.Empty(await ToListAsync(fast.Leases.ListAheadAsync(unheldOnly: true, Cancel)));
        Assert.True(await slow.Leases.ReleaseAsync(new LeaseRef(Session, held.Epoch), drained: true, Cancel));

        var next = await fast.Leases.AcquireAsync(new LeaseRequest(Session, "fast", TimeSpan.FromMinutes(5), MayQueue: true), Cancel);
        Assert.Equal(held.Epoch + 1, next.Epoch);
        Assert.InRange(next.Until - held.Until, TimeSpan.Zero, TimeSpan.FromMinutes(30));
        Assert.Equal([true], await fast.Leases.RenewAsync([new LeaseRef(Session, next.Epoch)], TimeSpan.FromMinutes(5), Cancel));
        Assert.Equal([false], await slow.Leases.RenewAsync([new LeaseRef(Session, held.Epoch)], TimeSpan.FromMinutes(5), Cancel));
    }

    [Fact]
    public async Task Commits_ProcessClocksAreAnHourOffEachWay_CarryTheServersTime()
    {
        var database = await DatabaseAsync();
        await using var fast = new MongoDbColdTier(database, timeProvider: new Shifted(TimeSpan.FromHours(1)));
        await using var slow = new MongoDbColdTier(database, timeProvider: new Shifted(TimeSpan.FromHours(-1)));

        await MustAsync(fast, Creation(Patch(Set("a"))));
        var created = (await slow.ReadAsync(Session, [], false, Cancel)).Head!;
        await MustAsync(slow, Commit(Patch(Set("a", 2))));
        var updated = (await fast.ReadAsync(Session, [], false, Cancel)).Head!;

        Assert.Equal(created.CreatedAt, updated.CreatedAt);
        Assert.InRange(updated.UpdatedAt - created.UpdatedAt, TimeSpan.Zero, TimeSpan.FromMinutes(30));
    }

    private sealed class Shifted(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
