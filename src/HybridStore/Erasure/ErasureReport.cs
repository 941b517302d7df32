namespace HybridStore;

/// <summary>What an erasure of a session did.</summary>
/// <param name="Session">The session.</param>
/// <param name="ErasedAt">When, by the store's clock.</param>
public sealed record ErasureReport(AuthSessionId Session, DateTimeOffset ErasedAt)
{
    /// <summary>Whether there was a session. If not, it was looked for all the same.</summary>
    public bool Existed { get; init; }

    /// <summary>The life that ended, now or earlier; 0: the session never lived.</summary>
    public long Incarnation { get; init; }

    /// <summary>The version at which it ended.</summary>
    public long LastVersion { get; init; }

    /// <summary>The records that cold had, by type.</summary>
    public IReadOnlyList<AuthTypeSummary> Types { get; init; } = [];

    /// <summary>How many records cold had.</summary>
    public long Records => Types.Sum(static t => t.Records);

    /// <summary>How many bytes of envelopes cold had.</summary>
    public long StoredBytes => Types.Sum(static t => t.StoredBytes);

    /// <summary>How many versions of history there were to go back to.</summary>
    public long FormerVersions { get; init; }

    /// <summary>How many wrapped data keys cold had. Without them, the records can't be opened by anybody, wherever a copy of them is.</summary>
    public int DataKeys { get; init; }

    /// <summary>Each place of the store, and whether the session is gone from it.</summary>
    public IReadOnlyList<ErasedPlace> Places { get; init; } = [];

    /// <summary>The copies that the store can't reach or does not know of.</summary>
    public IReadOnlyList<RemainingCopy> Remaining { get; init; } = [];

    /// <summary>Whether the session is gone from every place of the store. If not, erase it again when the place can be reached.</summary>
    public bool IsComplete => Places.All(static p => p.Outcome == ErasureOutcome.Erased);
}
