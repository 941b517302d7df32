namespace HybridStore.Migration;

/// <summary>Where a session stands at the end of a migration.</summary>
public enum MigrationOutcome
{
    /// <summary>The target has it exactly as the source has it. It is locked in the target until it is switched.</summary>
    Copied = 1,

    /// <summary>It is the target's now: the source has it locked, and whoever wants it opens it in the target.</summary>
    Switched = 2,

    /// <summary>It ended in the source while it was migrated, and so did the copy.</summary>
    Ended = 3,

    /// <summary>It did not stand still long enough to be compared at one version. What was copied is kept; under a switch it stands still.</summary>
    Changing = 4,

    /// <summary>A process holds it in the source, so that it can't be switched yet: <see cref="MigratedSession.Holder"/>.</summary>
    Held = 5,

    /// <summary>It may have commits in the hot tier that the source does not have, so that it can't be switched yet.</summary>
    Queued = 6,

    /// <summary>The target has a session of this name that is no copy of this one, or that somebody holds there. It was left alone.</summary>
    Taken = 7,

    /// <summary>The target is not as the source is: <see cref="MigratedSession.Differences"/>.</summary>
    Different = 8,
}
