namespace HybridStore;

/// <summary>What an entry of the audit trail tells of. Reads and commits of records are not among it.</summary>
public enum AuditKind
{
    /// <summary>A session was opened: its lease was taken, and its records can be read and written.</summary>
    SessionOpened,

    /// <summary>A session that was open was closed.</summary>
    SessionClosed,

    /// <summary>A session was created from records.</summary>
    SessionImported,

    /// <summary>All records of a session were read in the clear, as an export does.</summary>
    SessionExported,

    /// <summary>Sessions were written to a backup, encrypted as they are.</summary>
    BackupWritten,

    /// <summary>A session was restored from a backup.</summary>
    SessionRestored,

    /// <summary>A session was given the records again that it had at a former version.</summary>
    SessionRolledBack,

    /// <summary>A session was deleted.</summary>
    SessionDeleted,

    /// <summary>A session was erased, with its keys and all that the store has of it.</summary>
    SessionErased,

    /// <summary>Sessions were copied or handed over to another store, by the tool.</summary>
    SessionsMigrated,

    /// <summary>A master key was made and added to the key ring.</summary>
    MasterKeyMade,

    /// <summary>A master key was revoked.</summary>
    MasterKeyRevoked,

    /// <summary>A master key was deleted from the key ring.</summary>
    MasterKeyDeleted,

    /// <summary>Data keys were wrapped under the active master key.</summary>
    DataKeysRewrapped,

    /// <summary>Records were encrypted under newer data keys.</summary>
    Reencrypted,

    /// <summary>A damaged envelope was read from quarantine.</summary>
    QuarantineExported,

    /// <summary>A damaged envelope was removed from quarantine.</summary>
    QuarantineDiscarded,

    /// <summary>A queued commit was given up.</summary>
    OutboxDiscarded,

    /// <summary>All that a session had queued was given up.</summary>
    OutboxAbandoned,

    /// <summary>Somebody noted that they know of a session's rollback.</summary>
    RollbackAcknowledged,

    /// <summary>What the cold tier had after it went back in time was accepted.</summary>
    ColdAccepted,
}
