using HybridStore.Conformance.Stores;
using HybridStore.Conformance.Tests;
using HybridStore.MongoDb;
using HybridStore.Redis;
using HybridStore.Redis.Tests.Support;
using HybridStore.Tiers;
using MongoServers = HybridStore.MongoDb.Tests.Support.SharedServer;
using RedisServers = HybridStore.Redis.Tests.Support.SharedServer;

namespace HybridStore.RedisMongoDb.Tests;

/// <summary>The store over Redis and MongoDB, each a place of the test's own on a server that all share.</summary>
/// <param name="durability">What every commit demands, under a lease.</param>
public abstract class RedisMongoDbStoreFixture(Durability durability) : HybridAuthStoreFixture
{
    private readonly string _database = MongoServers.NewName();
    private readonly SessionHolders _holders = new();
    private ClockPump? _pump;
    private int _opened;

    public override bool WritesThrough => false;

    // Nearly each commit of a race is another process's than the one before: it closes the session there, and opens it here.
    public override int RaceCommits => 40;

    public override ValueTask<OpenedStore> OpenAsync()
    {
        _pump ??= new ClockPump(Clock);
        return base.OpenAsync();
    }

    public override ValueTask SettleAsync() => _holders.LetGoAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_pump is not null)
            await _pump.DisposeAsync();
        await MongoServers.DropAsync(_database);
        GC.SuppressFinalize(this);
    }

    protected override void Configure(HybridAuthStoreOptions options)
    {
        // The tests say when time passes; a pass that comes by itself would let it run on.
        options.Outbox.ReconcileInterval = Timeout.InfiniteTimeSpan;

        // That clock runs while somebody waits for a tier, faster than the tiers' own. A heartbeat must have time for its answer.
        options.Lease.Duration = TimeSpan.FromMinutes(10);
        foreach (var type in new[] { "session", AuthKeyTypes.Creds })
            options.Outbox.Durability[type] = durability;
    }

    protected override async ValueTask<IColdTier> OpenColdAsync() => new MongoDbColdTier(
        await MongoServers.DatabaseAsync(_database, _opened++), new MongoDbColdTierOptions { OperationTimeout = MongoServers.Patience }, timeProvider: null, Clock);

    protected override async ValueTask<IHotTier?> OpenHotAsync()
    {
        var options = new RedisHotTierOptions { KeyPrefix = _database, OperationTimeout = TimeSpan.FromSeconds(30), UnsafeServer = UnsafeServer.Warn };
        var tier = new RedisHotTier(await RedisServers.ConnectAsync(_opened), options);
        await Eventually.ConnectedAsync(tier);
        return tier;
    }

    protected override IAuthStateStore Wrap(IAuthStateStore store) => new HeldStore(store, _holders, durability);
}

public sealed class QueuedFixture() : RedisMongoDbStoreFixture(Durability.Queued);

public sealed class PersistedElseQueuedFixture() : RedisMongoDbStoreFixture(Durability.PersistedElseQueued);

public sealed class PersistedFixture() : RedisMongoDbStoreFixture(Durability.Persisted);
