namespace HybridStore.Migration;

/// <summary>In what a copy is not as its source.</summary>
public enum MigrationDifferenceKind
{
    /// <summary>The target lacks the session.</summary>
    Missing = 1,

    /// <summary>The session's incarnation or version.</summary>
    Version = 2,

    /// <summary>Whether the session is marked as rolled back.</summary>
    RollbackMark = 3,

    /// <summary>The wrapped data keys.</summary>
    DataKeys = 4,

    /// <summary>The commits that are remembered, by which a repeat is recognised.</summary>
    Commits = 5,

    /// <summary>The target lacks a record.</summary>
    RecordMissing = 6,

    /// <summary>The target has a record that the source lacks.</summary>
    RecordAdded = 7,

    /// <summary>A record's version.</summary>
    RecordVersion = 8,

    /// <summary>A record's envelope.</summary>
    Envelope = 9,
}
