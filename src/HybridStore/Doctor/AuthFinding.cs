namespace HybridStore;

/// <summary>Something that <see cref="AuthDoctor"/> found.</summary>
/// <param name="Kind">What it is.</param>
public sealed record AuthFinding(AuthFindingKind Kind)
{
    /// <summary>The session; <see langword="null"/>: it is about the store.</summary>
    public AuthSessionId? Session { get; init; }

    /// <summary>Whether it waits for a person. Otherwise it passes by itself, or is only to be known.</summary>
    public bool WaitsForAPerson { get; init; }

    /// <summary>The version that cold has; 0: it does not have the session, or not its last life.</summary>
    public long ColdVersion { get; init; }

    /// <summary>
    /// The version that it is about: of the parked commit, of the state behind which commits were lost, or that hot knows; <see langword="null"/>: none.
    /// </summary>
    public long? Version { get; init; }

    /// <summary>How many: commits that wait, records, or data keys; <see langword="null"/>: not known, or nothing to count.</summary>
    public long? Count { get; init; }

    /// <summary>What else is known, for people: a reason, a setting, the ids of keys. No value, and no id of a record.</summary>
    public string? Detail { get; init; }

    /// <summary>The records that it is about, 100 at most: those that are damaged, or the ids in quarantine under their own type.</summary>
    public IReadOnlyList<AuthKey> Records { get; init; } = [];
}
