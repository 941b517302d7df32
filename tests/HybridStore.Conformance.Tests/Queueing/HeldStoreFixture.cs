namespace HybridStore.Conformance.Tests;

/// <summary>The same, with every commit under a lease: nearly all of them are queued, if that is what they demand.</summary>
public abstract class HeldStoreFixture(Durability durability) : QueueingStoreFixture(durability)
{
    private readonly SessionHolders _holders = new();

    // What a lease is held for may be queued whatever it demands: a step of unknown outcome is.
    public override bool WritesThrough => false;

    public override ValueTask SettleAsync() => _holders.LetGoAsync();

    protected override IAuthStateStore Wrap(IAuthStateStore store) => new HeldStore(store, _holders, Durability);
}

public sealed class HeldQueuedStoreFixture() : HeldStoreFixture(Durability.Queued);

public sealed class HeldPersistedElseQueuedStoreFixture() : HeldStoreFixture(Durability.PersistedElseQueued);

public sealed class HeldPersistedStoreFixture() : HeldStoreFixture(Durability.Persisted);
