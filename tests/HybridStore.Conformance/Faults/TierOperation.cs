namespace HybridStore.Conformance;

/// <summary>What a store asks of a tier.</summary>
public enum TierOperation
{
    /// <summary>A tier is connected to.</summary>
    Initialize,

    /// <summary>Records are read.</summary>
    Read,

    /// <summary>Cold commits.</summary>
    Commit,

    /// <summary>Cold imports a session.</summary>
    Import,

    /// <summary>Cold streams records; a failure comes before the first.</summary>
    Enumerate,

    /// <summary>Cold streams sessions; a failure comes before the first.</summary>
    List,

    /// <summary>Cold counts.</summary>
    Summarize,

    /// <summary>Cold ends a session.</summary>
    Delete,

    /// <summary>Cold grants a lease.</summary>
    AcquireLease,

    /// <summary>Cold extends leases.</summary>
    RenewLeases,

    /// <summary>Cold takes a lease back.</summary>
    ReleaseLease,

    /// <summary>Cold notes whether commits may be queued under a lease.</summary>
    SetAhead,

    /// <summary>Cold gives the ring of master keys.</summary>
    ReadRing,

    /// <summary>Cold takes the ring of master keys.</summary>
    WriteRing,

    /// <summary>Cold replaces wrapped data keys.</summary>
    Rewrap,

    /// <summary>Cold takes another data key of a session.</summary>
    AddDataKey,

    /// <summary>Cold replaces envelopes.</summary>
    ReplaceEnvelopes,

    /// <summary>Hot takes what was read from cold.</summary>
    Fill,

    /// <summary>Hot takes what was committed.</summary>
    Apply,

    /// <summary>Hot drops a session.</summary>
    Evict,

    /// <summary>Hot learns of a lease.</summary>
    InstallEpoch,

    /// <summary>Hot tells of changes.</summary>
    Subscribe,

    /// <summary>Hot and outbox take a commit.</summary>
    Queue,

    /// <summary>Hot takes what the holder knows.</summary>
    Adopt,

    /// <summary>The outbox is read.</summary>
    ReadOutbox,

    /// <summary>The outbox drops what cold has.</summary>
    Acknowledge,

    /// <summary>Hot extends leases.</summary>
    RenewInHot,

    /// <summary>Hot learns that a lease was given back.</summary>
    ReleaseInHot,

    /// <summary>Hot learns of an entry that stops an outbox, or that it does no longer.</summary>
    Park,

    /// <summary>Hot learns that a session ended.</summary>
    Discard,
}
