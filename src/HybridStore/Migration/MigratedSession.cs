namespace HybridStore.Migration;

/// <summary>What a migration has to say of a session at its end.</summary>
/// <param name="Id">Which session.</param>
/// <param name="Outcome">Where it stands.</param>
public sealed record MigratedSession(AuthSessionId Id, MigrationOutcome Outcome)
{
    /// <summary>The life that was compared, or the source's.</summary>
    public long Incarnation { get; init; }

    /// <summary>The version that was compared, or the source's.</summary>
    public long Version { get; init; }

    /// <summary>How many records were compared.</summary>
    public long Records { get; init; }

    /// <summary>How many bytes their envelopes have.</summary>
    public long Bytes { get; init; }

    /// <summary>
    /// SHA-256 of the source's records in their order, each as type, id, version and envelope, in hexadecimal digits: two runs that compared the same say the same. Empty if nothing
    /// was compared.
    /// </summary>
    public string Digest { get; init; } = "";

    /// <summary>Who holds it, where that is why it is not further.</summary>
    public string? Holder { get; init; }

    /// <summary>In what the target is not as the source: the first 100.</summary>
    public IReadOnlyList<MigrationDifference> Differences { get; init; } = [];
}
