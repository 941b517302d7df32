namespace HybridStore.Tiers;

/// <summary>What became of a cold commit. A tier that can't say so throws instead.</summary>
public sealed record ColdCommitResult
{
    /// <summary>What became of it.</summary>
    public required ColdCommitStatus Status { get; init; }

    /// <summary>The living incarnation (after a commit: the one that took it); 0 if there is none.</summary>
    public long Incarnation { get; init; }

    /// <summary>Committed and repeated: the version that the last patch made. Otherwise the session's version; 0 if it does not exist.</summary>
    public long Version { get; init; }

    /// <summary>Committed: the session's version right before the first patch that was applied.</summary>
    public long PreviousVersion { get; init; }

    /// <summary>The session's epoch.</summary>
    public long Epoch { get; init; }

    /// <summary>For <see cref="ColdCommitStatus.Conflict"/>: which version was not the expected one.</summary>
    public CommitConflict? Conflict { get; init; }
}
