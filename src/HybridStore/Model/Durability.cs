namespace HybridStore;

/// <summary>How much a commit must have achieved before it is acknowledged.</summary>
public enum Durability
{
    /// <summary>In hot and in the outbox, to be drained to cold. Needs a lease and a hot tier that can queue; without them it is <see cref="Persisted"/>.</summary>
    Queued = 1,

    /// <summary>In cold if it answers, else queued.</summary>
    PersistedElseQueued = 2,

    /// <summary>In cold, as durable as cold is configured. For what is about to be sent and must never repeat a key.</summary>
    Persisted = 3,
}
