namespace HybridStore.Tiers;

/// <summary>What became of an import.</summary>
public sealed record ColdImportResult
{
    /// <summary><see cref="ColdCommitStatus.Committed"/>, <see cref="ColdCommitStatus.Conflict"/> (the session exists, or a record occurs twice), <see cref="ColdCommitStatus.IncarnationEnded"/> or <see cref="ColdCommitStatus.Fenced"/> (it is held, or its ahead mark is set).</summary>
    public required ColdCommitStatus Status { get; init; }

    /// <summary>The session as it is now, or <see langword="null"/> if it does not exist.</summary>
    public SessionHead? Head { get; init; }

    /// <summary>The record that occurred twice, if that is why the import conflicts.</summary>
    public AuthKey? Duplicate { get; init; }
}
