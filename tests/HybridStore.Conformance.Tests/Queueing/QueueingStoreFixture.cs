using HybridStore.Conformance.Stores;
using HybridStore.InMemory;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests;

/// <summary>The store over a hot server that queues, which all its processes share, and a cold tier in memory.</summary>
/// <param name="durability">What every commit demands.</param>
public abstract class QueueingStoreFixture(Durability durability) : HybridAuthStoreFixture
{
    private InMemoryColdTier? _cold;
    private ModelHotServer? _server;
    private ClockPump? _pump;

    public ModelHotServer Server => _server ??= new ModelHotServer(Clock);

    public override bool WritesThrough => durability == Durability.Persisted;

    protected Durability Durability => durability;

    protected override bool DisposesTiers => false;

    public override ValueTask<OpenedStore> OpenAsync()
    {
        _pump ??= new ClockPump(Clock);
        return base.OpenAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_pump is not null)
            await _pump.DisposeAsync();
        if (_cold is not null)
            await _cold.DisposeAsync();
    }

    protected override void Configure(HybridAuthStoreOptions options)
    {
        // The tests say when time passes; a pass that comes by itself would let it run on.
        options.Outbox.ReconcileInterval = Timeout.InfiniteTimeSpan;

        // The clock runs while somebody waits, faster than the tiers' own. A heartbeat must have time for its answer.
        options.Lease.Duration = TimeSpan.FromMinutes(10);
        foreach (var type in new[] { "session", AuthKeyTypes.Creds })
            options.Outbox.Durability[type] = durability;
    }

    protected override ValueTask<IColdTier> OpenColdAsync() => ValueTask.FromResult<IColdTier>(_cold ??= new InMemoryColdTier(Clock));

    protected override ValueTask<IHotTier?> OpenHotAsync() => ValueTask.FromResult<IHotTier?>(Server.Connect());
}

public sealed class QueuedStoreFixture() : QueueingStoreFixture(Durability.Queued);

/// <summary>The same, for contracts that hold no session.</summary>
public sealed class UnheldStoreFixture() : QueueingStoreFixture(Durability.Queued);

public sealed class PersistedElseQueuedStoreFixture() : QueueingStoreFixture(Durability.PersistedElseQueued);

public sealed class PersistedStoreFixture() : QueueingStoreFixture(Durability.Persisted);
