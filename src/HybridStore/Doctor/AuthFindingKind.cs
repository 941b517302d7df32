namespace HybridStore;

/// <summary>What can be found wrong with a session, or with the store. Each has a page in <c>docs/runbook</c>.</summary>
public enum AuthFindingKind
{
    /// <summary>Cold refuses the oldest queued commit: the session takes no commits.</summary>
    Parked = 1,

    /// <summary>Queued commits were lost, or may have been, or somebody put an older state in place, and nobody has acknowledged it.</summary>
    RolledBack = 2,

    /// <summary>Cold is behind what hot knows that it had: it was restored from a backup, or a lagging standby was promoted.</summary>
    ColdWentBack = 3,

    /// <summary>Cold carries the ahead mark, nobody holds the session, and hot, which answers, does not have all that was queued, or can't be believed to.</summary>
    HotLost = 4,

    /// <summary>Cold carries the ahead mark, nobody holds the session, and hot does not answer, or none that queues is configured here.</summary>
    HotUnreachable = 5,

    /// <summary>The lease ran out without being given back: commits may wait that nobody drains. Whoever opens the session, or a reconciler, brings them to cold.</summary>
    HolderGone = 6,

    /// <summary>The lease ran out in cold, and its holder extends it in hot: it lives, and does not reach cold.</summary>
    HolderCutOff = 7,

    /// <summary>Records, or the data key, were changed or cut and do not open.</summary>
    RecordsDamaged = 8,

    /// <summary>Damaged envelopes that were replaced are kept.</summary>
    RecordsQuarantined = 9,

    /// <summary>A data key is wrapped under a master key that is not given here.</summary>
    MasterKeyMissing = 10,

    /// <summary>A data key is wrapped under a master key that was revoked.</summary>
    MasterKeyRevoked = 11,

    /// <summary>Records name a data key that the session does not have.</summary>
    DataKeyMissing = 12,

    /// <summary>Records were written by a newer or otherwise equipped library.</summary>
    RecordsNotUnderstood = 13,

    /// <summary>The hot tier is set up so that it may lose what was queued. Of the store, not of one session.</summary>
    HotSettings = 14,
}
