namespace HybridStore.Redis;

/// <summary>What can be wrong with a server's settings.</summary>
public enum RedisFindingKind
{
    /// <summary><c>maxmemory-policy</c> is one of <c>allkeys-*</c>: a session that waits for cold may be evicted. <c>volatile-*</c> takes only what has an expiry, and what waits has none.</summary>
    EvictsQueuedCommits = 1,

    /// <summary>Neither AOF nor RDB is on: a restart loses what was queued.</summary>
    NotPersistent = 2,

    /// <summary><c>lazyfree-lazy-expire</c> is off: a large session that expires holds up everybody for a moment.</summary>
    ExpiresSlowly = 3,

    /// <summary>The server is older than Redis 7.0: it keeps scripts over a restart, by which restarts are recognised.</summary>
    TooOld = 4,
}
