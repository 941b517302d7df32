using HybridStore.Conformance.Stores;
using HybridStore.Conformance.Tests;
using HybridStore.Redis;
using HybridStore.Redis.Tests.Support;
using HybridStore.Sqlite;
using HybridStore.Tiers;

namespace HybridStore.RedisSqlite.Tests.Stores;

/// <summary>The store over Redis and SQLite, with every commit under a lease. Each test has a place of its own on a server that all share.</summary>
/// <param name="durability">What every commit demands.</param>
public abstract class RedisSqliteStoreFixture(Durability durability) : HybridAuthStoreFixture
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-").FullName;
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";
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
        Directory.Delete(_folder, recursive: true);
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

    protected override ValueTask<IColdTier> OpenColdAsync() => ValueTask.FromResult<IColdTier>(
        new SqliteColdTier(new SqliteColdTierOptions { Path = Path.Combine(_folder, "auth.db"), BusyTimeout = TimeSpan.FromMinutes(1) }, Clock));

    protected override async ValueTask<IHotTier?> OpenHotAsync()
    {
        var tier = new RedisHotTier(await SharedServer.ConnectAsync(_opened++), new RedisHotTierOptions { KeyPrefix = _prefix, OperationTimeout = TimeSpan.FromSeconds(30) });
        await Eventually.ConnectedAsync(tier);
        return tier;
    }

    protected override IAuthStateStore Wrap(IAuthStateStore store) => new HeldStore(store, _holders, durability);
}

public sealed class QueuedFixture() : RedisSqliteStoreFixture(Durability.Queued);

public sealed class PersistedElseQueuedFixture() : RedisSqliteStoreFixture(Durability.PersistedElseQueued);

public sealed class PersistedFixture() : RedisSqliteStoreFixture(Durability.Persisted);
