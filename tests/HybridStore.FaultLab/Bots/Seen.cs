namespace HybridStore.FaultLab.Bots;

/// <summary>What a register was read as.</summary>
internal readonly record struct Seen(SeenState State, long Version, CommitName Commit);

/// <summary>The kinds of answers about a register.</summary>
internal enum SeenState
{
    /// <summary>None of its records exist.</summary>
    Absent,

    /// <summary>All name the same commit.</summary>
    There,

    /// <summary>They name different ones, or some are missing.</summary>
    Torn,

    /// <summary>A value is not one that was written to this record.</summary>
    Foreign,
}
