namespace HybridStore.Tiers;

/// <summary>A patch below the codec: what a tier commits, and what an outbox entry holds.</summary>
public sealed class SealedPatch
{
    /// <summary>The commit's name, remembered by every tier for the last <see cref="AuthLimits.RememberedCommits"/> versions.</summary>
    public required CommitId CommitId { get; init; }

    /// <summary>
    /// The version right before this patch. <see langword="null"/>: the cold tier assigns the next one (write-through).
    /// Given: cold applies the patch exactly there, skips it at or below its own version, and refuses it otherwise.
    /// </summary>
    public long? Predecessor { get; init; }

    /// <summary>The version that the patch makes, when <see cref="Predecessor"/> is given; more than one above it where entries were coalesced.</summary>
    public long Version { get; init; }

    /// <summary>
    /// The commits before <see cref="CommitId"/> that were coalesced into this patch, in order of their versions, all of which lie between
    /// <see cref="Predecessor"/> and <see cref="Version"/>. Their names are remembered with it.
    /// </summary>
    public IReadOnlyList<CommitMark> Absorbed { get; init; } = [];

    /// <summary>The changes, each key once.</summary>
    public required IReadOnlyList<SealedChange> Changes { get; init; }

    /// <summary>The versions that records must have, evaluated in the commit's own transaction.</summary>
    public IReadOnlyList<AuthExpectation> Expectations { get; init; } = [];

    /// <summary>The version the session must have; <see langword="null"/>: any; 0: it must not exist.</summary>
    public long? ExpectedSessionVersion { get; init; }
}
