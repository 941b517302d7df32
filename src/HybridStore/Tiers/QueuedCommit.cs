namespace HybridStore.Tiers;

/// <summary>A commit for hot and outbox.</summary>
public sealed class QueuedCommit
{
    /// <summary>The session.</summary>
    public required AuthSessionId Session { get; init; }

    /// <summary>The life of the session that this is for.</summary>
    public required long Incarnation { get; init; }

    /// <summary>The lease's epoch.</summary>
    public required long Epoch { get; init; }

    /// <summary>The patch, with its predecessor and version.</summary>
    public required SealedPatch Patch { get; init; }
}
