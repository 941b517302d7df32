namespace HybridStore;

/// <summary>The kinds of copies that may outlive an erasure.</summary>
public enum RemainingCopyKind
{
    /// <summary>Backups that the library wrote without data keys: can't be opened any more.</summary>
    Backup = 1,

    /// <summary>Files of data keys that were written beside backups.</summary>
    KeyBackup = 2,

    /// <summary>Backups, replicas and logs of the cold store's database.</summary>
    ColdBackup = 3,

    /// <summary>What the cold tier itself still has in freed space or logs.</summary>
    ColdRemnant = 4,

    /// <summary>Dumps, append-only files and replicas of the hot tier.</summary>
    HotDump = 5,

    /// <summary>The memory of other processes.</summary>
    OtherProcess = 6,

    /// <summary>Folders that were exported, in the clear.</summary>
    Export = 7,

    /// <summary>The tombstone: a hash of the name, and numbers. Not a copy; it stays, so that nothing late brings the session back.</summary>
    Tombstone = 8,

    /// <summary>The audit trail: the names of tenant and session, and what was done. Not a copy either.</summary>
    AuditTrail = 9,
}
