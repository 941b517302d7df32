namespace HybridStore;

/// <summary>Where an acknowledged commit is.</summary>
public enum CommitOutcome
{
    /// <summary>In hot and in the outbox: it survives the writer's death, or the loss of hot's newest writes while the writer lives.</summary>
    Queued = 1,

    /// <summary>In cold, as durable as cold is configured.</summary>
    Persisted = 2,
}
