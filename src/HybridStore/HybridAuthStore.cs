using System.Collections.Concurrent;
using System.Collections.Frozen;
using HybridStore.Audit;
using HybridStore.Codec;
using HybridStore.Coordination;
using HybridStore.DependencyInjection;
using HybridStore.Diagnostics;
using HybridStore.Keys;
using HybridStore.Outbox;
using HybridStore.Resilience;
using HybridStore.Sessions;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridStore;

/// <summary>The one store: a hot and a cold tier with the codec above them, coordinated by the protocol.</summary>
/// <remarks>What it decides is in <c>Coordination/</c>, as pure code; here are the calls in between. <c>Coordination/readme.md</c> tells how they fit.</remarks>
public sealed partial class HybridAuthStore : IAuthStateStore, IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan HotFailureInterval = TimeSpan.FromSeconds(10);

    private readonly IColdTier _cold;
    private readonly ColdHistoryRetention? _history;
    private readonly IHotTier? _hot;
    private readonly MasterKeyKeeper _masterKeys;
    private readonly AuditRecorder _audit;
    private readonly KeyRingOptions _keyRingOptions;
    private readonly DataKeyCache _dataKeys;
    private readonly TimeSpan _dataKeyDuration;
    private readonly ErasureOptions _erasureOptions;
    private readonly long _maxSeals;
    private readonly DataKeyWrapper _wrapper;
    private readonly EnvelopeCodec _codec;
    private readonly TimeSpan _maxStaleness;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly StoreMetrics _metrics = new();
    private readonly ConcurrentDictionary<AuthSessionId, SessionState> _states = new();
    private readonly InProcessTier _local;
    private readonly LeaseKeeper _leases;
    private readonly IHotOutbox? _outbox;
    private readonly OutboxOptions _outboxOptions;
    private readonly OutboxDrain _drain;
    private readonly OutboxDrainer _drainer;
    private readonly OutboxReconciler _reconciler;
    private readonly DurabilityPolicy _durability;
    private readonly LeaseOptions _leaseOptions;
    private readonly IdentityGuard _guard;
    private readonly int _transactionAttempts;
    private readonly TaskCreationOptions _continuations;
    private readonly ConcurrentDictionary<AuthSession, byte> _handles = new();
    private readonly SemaphoreSlim _initializing = new(1, 1);
    private volatile bool _initialized;
    private volatile bool _disposed;
    private int _disposing;
    private readonly StoreResilience? _resilience;
    private readonly TenantLimiters _tenantLimiters;
    private long _hotFailureTold;

    /// <summary>Creates a store over its tiers, which it disposes of with itself. Nothing is connected before the first call.</summary>
    /// <param name="cold">The cold tier.</param>
    /// <param name="hot">The hot tier, or <see langword="null"/> to read and write cold only.</param>
    /// <param name="options">The options; they are validated here.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/>: the system's.</param>
    /// <param name="logger">Where to log; <see langword="null"/>: nowhere.</param>
    /// <exception cref="MasterKeyException">The master key is missing or malformed.</exception>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public HybridAuthStore(
        IColdTier cold,
        IHotTier? hot,
        HybridAuthStoreOptions options,
        TimeProvider? timeProvider = null,
        ILogger<HybridAuthStore>? logger = null)
        : this(cold, hot, options, timeProvider, logger, TaskCreationOptions.RunContinuationsAsynchronously, isResilient: true)
    {
    }

    /// <summary>The same, for a scheduler that drives every step: what waits within the store goes on inline. Without its chance, the tiers are as they are.</summary>
    internal HybridAuthStore(
        IColdTier cold,
        IHotTier? hot,
        HybridAuthStoreOptions options,
        TimeProvider? timeProvider,
        ILogger? logger,
        TaskCreationOptions continuations,
        bool isResilient = false,
        Func<double>? chance = null)
    {
        ArgumentNullException.ThrowIfNull(cold);
        ArgumentNullException.ThrowIfNull(options);
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger.Instance;
        if ((isResilient || chance is not null) && !ResilienceFaults.Of(options.Resilience).Any())
        {
            _resilience = new StoreResilience(cold, hot, options.Resilience, _time, _logger, _metrics, chance);
            (cold, hot) = (_resilience.Cold, _resilience.Hot);
        }

        _masterKeys = new MasterKeyKeeper(options.Encryption, cold, _time, _logger);
        if (HybridAuthStoreOptionsValidation.Faults(options).FirstOrDefault() is { } fault)
            throw new ArgumentException(fault, nameof(options));
        _audit = new AuditRecorder(options.Audit, _time, _logger);
        _masterKeys.Audit = _audit;
        _cold = cold;
        _hot = hot;
        _history = options.History.Retention;
        _wrapper = new DataKeyWrapper(() => _masterKeys.Current, options.Encryption.Cipher, options.Encryption.Ciphers, NonceSource.Fill);
        _keyRingOptions = options.Encryption.KeyRing;
        _dataKeys = new DataKeyCache(options.Encryption.DataKeyCacheSessions, options.Encryption.DataKeyCacheDuration, _time);
        _dataKeyDuration = options.Encryption.DataKeyCacheDuration;
        _erasureOptions = options.Erasure;
        _codec = new EnvelopeCodec(new EnvelopeCodecOptions
        {
            Cipher = options.Encryption.Cipher,
            Ciphers = options.Encryption.Ciphers,
            CompressionThreshold = options.Encryption.CompressionThreshold,
        });
        _maxSeals = options.Encryption.MaxSealsPerDataKey ?? (_codec.Cipher.SealLimit == long.MaxValue ? long.MaxValue : _codec.Cipher.SealLimit / 16);
        _tenantLimiters = new TenantLimiters(options.TenantLimits, cold, _time);
        _maxStaleness = options.MaxStaleness;
        _continuations = continuations;
        _local = new InProcessTier(options.SessionMemoryBytes);
        _leaseOptions = options.Lease;
        _guard = new IdentityGuard(options.Credentials);
        _transactionAttempts = options.TransactionAttempts;
        _outboxOptions = options.Outbox;
        _outbox = options.Lease.Mode != LeaseMode.Off ? hot?.Outbox : null;
        _durability = new DurabilityPolicy(options.Outbox.Durability.ToFrozenDictionary(StringComparer.Ordinal));
        _leases = new LeaseKeeper(cold.Leases, _outbox, HealAsync, options.Lease, _time, _logger);
        Outbox = new AuthOutbox(this, cold, hot);
        Resilience = new AuthResilience(_resilience);
        Backup = new AuthBackup(this);
        History = new AuthHistory(this);
        Quarantine = new AuthQuarantine(this);
        KeyRing = new AuthKeyRing(this);
        Erasure = new AuthErasure(this);
        Doctor = new AuthDoctor(this);
        _drain = new OutboxDrain(cold, hot, _leases, _time, options.Outbox.MaxTries, _history, ColdRefuses, _logger);
        _drainer = new OutboxDrainer(_drain, HealAsync, _time, runsInline: continuations == TaskCreationOptions.None, _logger);
        _reconciler = new OutboxReconciler(cold.Leases, ReconcileAsync, _outbox is null ? Timeout.InfiniteTimeSpan : options.Outbox.ReconcileInterval, _time, _logger, continuations);
        if (_resilience is null)
            return;
        _metrics.ShowBreakers(() => BreakerStates(_resilience));
        _resilience.ColdPipeline.Recovering += _drainer.Wake;
    }

    /// <summary>How the tiers are doing, for whoever runs the store.</summary>
    public AuthResilience Resilience { get; }

    internal int TransactionAttempts => _transactionAttempts;

    /// <summary>How far versions move where queued commits were lost: another distance only to show what it is for.</summary>
    internal long RollbackJump { get; init; } = TakeoverDecision.RollbackJump;

    /// <summary>The heartbeat of leases that came last.</summary>
    internal Task Heartbeat => _leases.Heartbeat;

    internal TimeProvider Time => _time;

    internal ILogger Logger => _logger;

    /// <summary>What it counts: that outlives a store that nobody disposes of.</summary>
    internal StoreMetrics Metrics => _metrics;

    /// <summary>Connects to cold, checks it and brings its schema up to date. Every call does so by itself; a host does it at start, to fail early.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="StoreUnavailableException">Cold does not answer now.</exception>
    /// <exception cref="StoreUnusableException">Cold can't be used until somebody mends it.</exception>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_initialized)
            return;
        await _initializing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_initialized)
                return;
            if (_history is not null)
                _ = HistoryTier();
            await _cold.InitializeAsync(cancellationToken).ConfigureAwait(false);
            await _masterKeys.EnsureReadAsync(cancellationToken).ConfigureAwait(false);
            _initialized = true;
            _reconciler.Start();
            Log.StoreReady(_logger, _hot?.Name ?? "none", _cold.Name);
        }
        finally
        {
            _initializing.Release();
        }
    }

    /// <summary>Makes sure that the audit trail, if it is a file, can be written.</summary>
    internal ValueTask CheckAuditAsync(CancellationToken cancellationToken) => _audit.CheckAsync(cancellationToken);

    /// <summary>Closes the sessions that are still open, brings what the tiers have accepted to its end and closes them. Calls made from now on throw <see cref="ObjectDisposedException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposing, 1) != 0)
            return;
        await _reconciler.DisposeAsync().ConfigureAwait(false);
        await CloseHandlesAsync().ConfigureAwait(false);
        _disposed = true;
        await _drainer.DisposeAsync().ConfigureAwait(false);
        await _leases.DisposeAsync().ConfigureAwait(false);
        if (_hot is not null)
            await _hot.DisposeAsync().ConfigureAwait(false);
        await _cold.DisposeAsync().ConfigureAwait(false);
        if (_resilience is not null)
            await _resilience.DisposeAsync().ConfigureAwait(false);
        _tenantLimiters.Dispose();
        _masterKeys.Dispose();
        _metrics.Dispose();
        _audit.Dispose();
    }

    /// <summary>The same, for a container that is disposed of synchronously; it blocks until the tiers are closed.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Whether hot's breaker is open for a session: then nothing is thrown that only has to be caught again, and the store does without hot as if it had not answered.</summary>
    private bool HotRefuses(AuthSessionId session) => _resilience?.HotPipeline?.Refuses(session.Tenant) == true;

    /// <summary>The same, of cold.</summary>
    private bool ColdRefuses(AuthSessionId session) => _resilience?.ColdPipeline.Refuses(session.Tenant) == true;

    private static IEnumerable<(AuthTier, BreakerState)> BreakerStates(StoreResilience resilience)
    {
        yield return (AuthTier.Cold, resilience.ColdPipeline.State);
        if (resilience.HotPipeline is { } hot)
            yield return (AuthTier.Hot, hot.State);
    }

    private static void Check(AuthSessionId session)
    {
        if (session.IsEmpty)
            throw new InvalidAuthInputException(AuthInputPart.Session, AuthInputFault.Empty, "The session id is default and names nothing.");
    }

    private SessionState StateOf(AuthSessionId session) => _states.GetOrAdd(session, static (_, store) => new SessionState(store._local, store._dataKeys, store._continuations), this);

    /// <summary>Notes what hot was told that cold has: a cold tier that has less, or not even the session, went back in time (protocol rule 11), whoever held it.</summary>
    private static void Learn(SessionState state, HotOutboxState? outbox)
    {
        if (outbox is { Incarnation: not 0, DrainedVersion: not 0 })
            state.ObserveInCold(new SeenMark(outbox.Incarnation, outbox.DrainedVersion));
    }

    /// <summary>Makes sure that a session which cold does not have is a new one, and not one that it has lost while hot still knows of it.</summary>
    /// <returns>Whether there is none; otherwise somebody has begun it meanwhile.</returns>
    private async ValueTask<bool> IsNewAsync(AuthSessionId session, SessionState state, ColdRead cold, CancellationToken cancellationToken)
    {
        // Under a lease, hot was asked when it was taken.
        if (_outbox is null || state.Lease is not null)
            return true;
        Learn(state, (await ReadHotAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false))?.Outbox);
        return SeenMark.EndOf(cold.LastEndedIncarnation) >= state.SeenInCold;
    }

    /// <summary>Reads cold and notes where the session is: refuses a cold tier that went back in time, and asks again where the answer was overtaken on its way.</summary>
    /// <remarks>Where an ahead mark says so, the answer may be behind what was seen: then something is queued, and the caller puts the two together.</remarks>
    /// <param name="session">The session.</param>
    /// <param name="state">What is remembered of it.</param>
    /// <param name="keys">The records.</param>
    /// <param name="withDataKeys">Whether the wrapped data keys are wanted too.</param>
    /// <param name="shown">Whether the caller learns where the session is: see <see cref="SessionState.TryObserve"/>.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    private async ValueTask<ColdRead> AskColdAsync(
        AuthSessionId session, SessionState state, IReadOnlyList<AuthKey> keys, bool withDataKeys, bool shown, CancellationToken cancellationToken)
    {
        while (true)
        {
            var seen = state.Seen;
            var seenInCold = state.SeenInCold;
            var cold = await _cold.ReadAsync(session, keys, withDataKeys, cancellationToken).ConfigureAwait(false);
            if (await BelieveColdAsync(session, state, cold.Head, cold.LastEndedIncarnation, seen, seenInCold, shown).ConfigureAwait(false))
                return cold;
        }
    }

    /// <summary>Notes where cold says that the session is, and refuses a cold tier that went back in time.</summary>
    /// <param name="session">The session.</param>
    /// <param name="state">What is remembered of it.</param>
    /// <param name="head">What cold said.</param>
    /// <param name="lastEndedIncarnation">The last life that ended, if there is none now.</param>
    /// <param name="seen">How far the session was seen before cold was asked.</param>
    /// <param name="seenInCold">How far cold was seen before it was asked.</param>
    /// <param name="shown">Whether the caller learns where the session is.</param>
    /// <returns>Whether the answer is good; otherwise it was overtaken on its way, and cold is asked again.</returns>
    private async ValueTask<bool> BelieveColdAsync(
        AuthSessionId session, SessionState state, SessionHead? head, long lastEndedIncarnation, SeenMark seen, SeenMark seenInCold, bool shown)
    {
        var position = ReadDecision.PositionOf(head, lastEndedIncarnation);
        var mayBeBehind = ReadDecision.MayBeBehind(head);
        if (position < seenInCold || (position < seen && !mayBeBehind))
        {
            await EvictAsync(session).ConfigureAwait(false);
            throw WentBack(session, state, position, seen > seenInCold ? seen : seenInCold);
        }

        // Behind what was seen since the question: another thread has committed meanwhile. Each time around, somebody has made progress.
        state.ObserveInCold(position);
        return state.TryObserve(position, shown) || mayBeBehind;
    }

    private ColdWentBackException WentBack(AuthSessionId session, SessionState state, SeenMark position, SeenMark seen)
    {
        if (state.Lease is { } lease)
            _leases.RollBack(lease);

        // Not even what is held here is answered any more (protocol rule 11).
        state.StopHolding();
        Log.ColdWentBack(_logger, session, position.Incarnation, position.Version, seen.Incarnation, seen.Version);
        return new ColdWentBackException(
            session, seenVersion: seen.IsEnd ? 0 : seen.Version, coldVersion: position.IsEnd ? 0 : position.Version);
    }

    /// <summary>Says that hot did not answer: at most once in a while, since while it is down every call finds it so.</summary>
    private void HotFailed(Exception e, string operation)
    {
        var now = _time.GetTimestamp();
        var told = Interlocked.Read(ref _hotFailureTold);
        if ((told == 0 || _time.GetElapsedTime(told, now) >= HotFailureInterval) && Interlocked.CompareExchange(ref _hotFailureTold, now, told) == told)
            Log.HotUnavailable(_logger, e, _hot!.Name, operation);
        else
            Log.HotStillUnavailable(_logger, _hot!.Name, operation);
    }

    /// <summary>Drops hot's copy of a session, as well as that can be done while hot may be down: what it keeps is bounded by its good-until and by what was seen.</summary>
    private async ValueTask EvictAsync(AuthSessionId session)
    {
        if (_hot is null || HotRefuses(session))
            return;
        try
        {
            await _hot.EvictAsync(session, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            HotFailed(e, "evict");
        }
    }
}
