using HybridStore.Tiers;

namespace HybridStore.Migration;

/// <summary>What an attempt to copy a session came to.</summary>
internal enum CopyStatus
{
    /// <summary>The target was where the source is.</summary>
    Unchanged,

    /// <summary>The target is now where the source is.</summary>
    Copied,

    /// <summary>The source has no such session.</summary>
    Gone,

    /// <summary>The source went on all the time; what was read is kept.</summary>
    Changing,

    /// <summary>The target's session is not ours to write.</summary>
    Taken,

    /// <summary>The target has gone on from where the source is locked: it was switched before.</summary>
    Switched,

    /// <summary>The source has no data key of it: nobody can read it, here or there.</summary>
    NoKey,
}

/// <param name="Status">What came of it.</param>
/// <param name="Head">The source as it was.</param>
/// <param name="Holder">Who holds the session in the target, where that is why.</param>
internal sealed record CopyResult(CopyStatus Status, SessionHead? Head, string? Holder = null)
{
    /// <summary>The same for who asked for the migration, where the session goes no further.</summary>
    public MigratedSession ToOutcome(AuthSessionId session, MigrationOutcome outcome) => new(session, outcome)
    {
        Incarnation = Head?.Incarnation ?? 0,
        Version = Head?.Version ?? 0,
        Holder = Holder,
        Differences = Status == CopyStatus.NoKey ? [new MigrationDifference(MigrationDifferenceKind.DataKeys)] : [],
    };
}
