namespace HybridStore;

/// <summary>How commits are queued in hot and drained to cold. Without a lease, or with a hot tier that can't queue, nothing is.</summary>
public sealed class OutboxOptions
{
    internal const int MostEntries = 1_000_000;
    internal const long LeastBytes = 1024 * 1024;
    internal const int MostTries = 1000;
    internal static readonly TimeSpan ShortestReconcileInterval = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1);

    /// <summary>Whether commits may be queued at all. If not, every commit is persisted, and fails while cold is down.</summary>
    /// <value>True by default. Environment: <c>HYBRIDSTORE_OUTBOX</c>.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>The most commits of one session that wait for cold. Beyond it, commits are persisted, and refused while cold is down.</summary>
    /// <value>10,000 by default; from 1 to 1,000,000. Environment: <c>HYBRIDSTORE_OUTBOX_MAX_ENTRIES</c>.</value>
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>The most envelope bytes of one session that wait for cold; they are held in hot and in this process.</summary>
    /// <value>32 MiB by default; at least 1 MiB. Environment: <c>HYBRIDSTORE_OUTBOX_MAX_BYTES</c>.</value>
    public long MaxBytes { get; set; } = 32L * 1024 * 1024;

    /// <summary>How often an entry that cold refuses, though it answers, is tried before it parks its session.</summary>
    /// <value>8 by default; from 1 to 1,000. Environment: <c>HYBRIDSTORE_OUTBOX_MAX_TRIES</c>.</value>
    public int MaxTries { get; set; } = 8;

    /// <summary>How long closing a session, or the store, waits for what is queued to be drained. What remains then stays in hot, for whoever opens the session next.</summary>
    /// <value>10 seconds by default; from zero to one hour. Environment: <c>HYBRIDSTORE_OUTBOX_DRAIN_TIMEOUT</c>.</value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often this process looks for sessions whose holder died and left queued commits behind.</summary>
    /// <value>60 seconds by default; from 1 second to one hour, or <see cref="Timeout.InfiniteTimeSpan"/> for never. Environment: <c>HYBRIDSTORE_OUTBOX_RECONCILE_INTERVAL</c>.</value>
    public TimeSpan ReconcileInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The durability of types, over the default ones. The strictest of a patch's types decides.</summary>
    /// <value>
    /// Empty by default, and then <c>sender-key-memory</c>, <c>lid-mapping</c>, <c>device-list</c>, <c>tctoken</c> and <c>app-state-sync-version</c> are
    /// <see cref="Durability.Queued"/>, and all others, unknown ones included, <see cref="Durability.PersistedElseQueued"/>.
    /// </value>
    public IDictionary<string, Durability> Durability { get; } = new Dictionary<string, Durability>(StringComparer.Ordinal);
}
