namespace HybridStore.Tiers;

/// <summary>The answer to a <see cref="LeaseRequest"/>.</summary>
public sealed record LeaseGrant
{
    /// <summary>Whether the session is now held by the one who asked.</summary>
    public required bool Granted { get; init; }

    /// <summary>Granted: the new epoch. Refused: the epoch of the one who holds it.</summary>
    public required long Epoch { get; init; }

    /// <summary>Refused: who holds it, or held it last.</summary>
    public string? Holder { get; init; }

    /// <summary>When the lease runs out unless it is renewed, by the tier's clock.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>
    /// The ahead mark that the session carried before: the epoch under which commits may be in hot that cold lacks; 0: none. Refused: the one it carries.
    /// </summary>
    public long FormerAheadEpoch { get; init; }

    /// <summary>The session, or <see langword="null"/> if it does not exist yet.</summary>
    public SessionHead? Head { get; init; }
}
