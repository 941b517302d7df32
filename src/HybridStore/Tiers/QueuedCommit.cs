namespace HybridStore.Tiers;

/// <summary>Commits for hot and outbox: taken in one atomic step, each as an entry of the outbox.</summary>
public sealed class QueuedCommit
{
    /// <summary>The session.</summary>
    public required AuthSessionId Session { get; init; }

    /// <summary>The life of the session that this is for.</summary>
    public required long Incarnation { get; init; }

    /// <summary>The lease's epoch.</summary>
    public required long Epoch { get; init; }

    /// <summary>The patches, in order: each names as its predecessor the version that the one before it made. Conditions were checked by the lease's holder.</summary>
    public required IReadOnlyList<SealedPatch> Patches { get; init; }

    /// <summary>
    /// Whether hot has lost them and their holder gives them again, after an adoption that was <see cref="HotAdoption.IsWhole">not whole</see>: they are taken though nobody
    /// vouches for the outbox. False by default.
    /// </summary>
    public bool IsGivenAgain { get; init; }

    /// <summary>
    /// The version up to which cold has everything, as far as the holder knows: if the patches are taken, the outbox may drop what is not above it, in the same step. 0: it does not know.
    /// </summary>
    public long DrainedVersion { get; init; }

    /// <summary>Until when others may believe the records without asking cold.</summary>
    public required DateTimeOffset GoodUntil { get; init; }
}
