using HybridStore.Resilience;

namespace HybridStore;

/// <summary>The options of a <see cref="HybridAuthStore"/>.</summary>
/// <remarks>Read, in this order, each over the one before: defaults, configuration, the environment (<c>HYBRIDSTORE_*</c>), code.</remarks>
public sealed class HybridAuthStoreOptions
{
    /// <summary>The longest <see cref="MaxStaleness"/>: one minute.</summary>
    internal static readonly TimeSpan LongestMaxStaleness = TimeSpan.FromMinutes(1);

    internal const int MostTransactionAttempts = 1000;

    // An instance of its own: what is set again to what it was, as a binder does, is told from a choice of the same text.
    private static readonly string DefaultCold = new("sqlite:hybridstore.db".AsSpan());

    private string _cold = DefaultCold;
    private string? _hot;

    /// <summary>How values are encrypted.</summary>
    public EncryptionOptions Encryption { get; } = new();

    /// <summary>How sessions are held while they are open.</summary>
    public LeaseOptions Lease { get; } = new();

    /// <summary>How commits are queued and drained.</summary>
    public OutboxOptions Outbox { get; } = new();

    /// <summary>How the store deals with tiers that fail.</summary>
    public ResilienceOptions Resilience { get; } = new();

    /// <summary>How much of the store one tenant may take. Nothing is limited by default.</summary>
    public TenantLimitOptions TenantLimits { get; } = new();

    /// <summary>Which fields of paired credentials are guarded.</summary>
    public CredentialsOptions Credentials { get; } = new();

    /// <summary>Which former versions of records are kept, to go back to. None by default.</summary>
    public HistoryOptions History { get; } = new();

    /// <summary>How long copies are kept that an erasure does not reach, for its report.</summary>
    public ErasureOptions Erasure { get; } = new();
    /// <summary>Whether, and where, it is recorded who opened, exported, deleted and so on. Off by default.</summary>
    public AuditOptions Audit { get; } = new();

    /// <summary>Which cold tier to use, as <c>scheme:rest</c>, when code does not choose one.</summary>
    /// <value>
    /// <c>sqlite:hybridstore.db</c> by default, a file in the current folder. Environment: <c>HYBRIDSTORE_COLD</c>; where nothing is set, <c>MONGODB_URL</c> or <c>DATABASE_URL</c>.
    /// </value>
    public string Cold
    {
        get => _cold;
        set
        {
            if (ReferenceEquals(value, DefaultCold))
                return;
            _cold = value;
            ColdSource = "HybridAuthStoreOptions.Cold";
        }
    }

    /// <summary>Which hot tier to use, as <c>scheme:rest</c>, when code does not choose one: <c>redis:</c> and a connection string, <c>memory</c>, or <c>none</c>.</summary>
    /// <value>
    /// <see langword="null"/> by default, which is <c>memory</c>: the embedded one. Environment: <c>HYBRIDSTORE_HOT</c>, such as <c>redis:localhost:6379,password=…</c>; where nothing is set,
    /// <c>REDIS_URL</c>. It is never shown.
    /// </value>
    public string? Hot
    {
        get => _hot;
        set
        {
            _hot = value;
            HotSource = value is null ? null : "HybridAuthStoreOptions.Hot";
        }
    }

    /// <summary>What set <see cref="Cold"/>; <see langword="null"/>: nothing did.</summary>
    internal string? ColdSource { get; set; }

    /// <summary>What set <see cref="Hot"/>; <see langword="null"/>: nothing did.</summary>
    internal string? HotSource { get; set; }

    /// <summary>How far behind other processes' commits a read may be. What this process committed or read before is always seen.</summary>
    /// <value>
    /// One second by default; from zero (every read asks cold) to one minute. Environment: <c>HYBRIDSTORE_MAX_STALENESS</c>, such as <c>00:00:01</c>.
    /// </value>
    public TimeSpan MaxStaleness { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The most bytes of envelopes that the embedded hot tier holds, in all sessions together.</summary>
    /// <value>64 MiB by default; at least 1 MiB. Environment: <c>HYBRIDSTORE_HOT_MEMORY_BYTES</c>.</value>
    public long HotMemoryBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>The most bytes of opened records that this process holds, of all sessions that it has open under a lease together.</summary>
    /// <value>64 MiB by default; at least 1 MiB. They are plaintext, as every value handed out is. Environment: <c>HYBRIDSTORE_SESSION_MEMORY_BYTES</c>.</value>
    public long SessionMemoryBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How often <see cref="AuthSession.TransactionAsync(Func{AuthTransaction, CancellationToken, ValueTask}, CancellationToken)"/> tries before its conflict is thrown.</summary>
    /// <value>10 by default; from 1 to 1,000. Environment: <c>HYBRIDSTORE_TRANSACTION_ATTEMPTS</c>.</value>
    public int TransactionAttempts { get; set; } = 10;

    /// <summary>Sets the options that say how patient a store is; see <c>docs/configuration.md</c> for each.</summary>
    /// <param name="preset">Where the store runs.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such preset.</exception>
    public HybridAuthStoreOptions Use(HybridAuthStorePreset preset)
    {
        PresetOptions.Apply(preset, this);
        return this;
    }
}
