using HybridStore.Redis.Connection;
using HybridStore.Redis.Hot;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace HybridStore.Redis;

/// <summary>The hot tier on Redis 7.0 or later, or Valkey: shared by many processes, and durable enough to queue commits while the database is away.</summary>
/// <remarks>
/// A session is one hash and, while something waits for cold, one stream, both in one slot of a cluster. Every change is one script. The tier connects in
/// the background and for ever; while no server is connected, calls fail at once with <see cref="StoreUnavailableException"/>, and no call takes longer than
/// <see cref="RedisHotTierOptions.OperationTimeout"/>. What a server of other settings, without room or with foreign data refuses is that exception too, with a
/// <see cref="StoreUnusableException"/> inside that says what is to be mended.
/// </remarks>
public sealed class RedisHotTier : IHotTier
{
    private readonly RedisConnection _connection;
    private readonly HotCalls _calls;
    private readonly HotReader _reader;

    /// <summary>Creates a tier with a connection of its own, made in the background.</summary>
    /// <param name="configuration">Servers and how to reach them. Names, passwords, TLS and time-outs are taken over; that it goes on without a server is set.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <param name="logger">Where to log; <see langword="null"/> for nowhere.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public RedisHotTier(
        ConfigurationOptions configuration, RedisHotTierOptions? options = null, TimeProvider? timeProvider = null, ILogger<RedisHotTier>? logger = null)
        : this(Checked(options), timeProvider ?? TimeProvider.System, (ILogger?)logger ?? NullLogger.Instance, configuration, shared: null)
    {
    }

    /// <summary>Creates a tier with a connection of its own, made in the background.</summary>
    /// <param name="connectionString">Servers and how to reach them, such as <c>localhost:6379,password=...,ssl=true</c>. It is never shown.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <param name="logger">Where to log; <see langword="null"/> for nowhere.</param>
    /// <exception cref="ArgumentException">The string is not understood, or an option is out of its range.</exception>
    public RedisHotTier(string connectionString, RedisHotTierOptions? options = null, TimeProvider? timeProvider = null, ILogger<RedisHotTier>? logger = null)
        : this(RedisOptionsParser.Parse(connectionString), options, timeProvider, logger)
    {
    }

    /// <summary>Creates a tier on a connection that the application has already. It stays the application's.</summary>
    /// <param name="connection">The connection. Made with <c>abortConnect=false</c>, it may be without a server yet. That to a cluster must be made with <c>allowAdmin=true</c>. One with a channel prefix hears no changes.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <param name="logger">Where to log; <see langword="null"/> for nowhere.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public RedisHotTier(
        IConnectionMultiplexer connection, RedisHotTierOptions? options = null, TimeProvider? timeProvider = null, ILogger<RedisHotTier>? logger = null)
        : this(Checked(options), timeProvider ?? TimeProvider.System, (ILogger?)logger ?? NullLogger.Instance, configuration: null, connection)
    {
    }

    private RedisHotTier(RedisHotTierOptions options, TimeProvider time, ILogger logger, ConfigurationOptions? configuration, IConnectionMultiplexer? shared)
    {
        if (configuration is null)
            ArgumentNullException.ThrowIfNull(shared);
        _connection = shared is null ? new RedisConnection(configuration!, options, time, logger) : new RedisConnection(shared, options, time, logger);
        _calls = new HotCalls(new RedisCaller(_connection), options);
        _reader = new HotReader(_calls);
        Outbox = options.AllowQueueing ? new RedisOutbox(_calls) : null;
        Changes = new RedisChanges(_calls, logger);
    }

    /// <inheritdoc/>
    public string Name => RedisErrors.TierName;

    /// <inheritdoc/>
    public IReadOnlyList<string> Remnants { get; } =
    [
        "the append-only file holds records and data keys until it is rewritten (BGREWRITEAOF), dumps until they are replaced (BGSAVE), replicas as long as they lag",
        "the session's name, with no data, until it has been idle for IdleExpiry",
    ];

    /// <inheritdoc/>
    public string RunId => _connection.RunId;

    /// <inheritdoc/>
    public TimeSpan CallTimeout => _connection.CallTimeout;

    /// <inheritdoc/>
    public IHotOutbox? Outbox { get; }

    /// <inheritdoc/>
    public IHotChanges Changes { get; }

    /// <summary>Asks the servers how they are set up, for health checks.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>What is known; a server that does not answer is no error here.</returns>
    public ValueTask<RedisServerReport> InspectAsync(CancellationToken cancellationToken) => _connection.ReportAsync(cancellationToken);

    async ValueTask<IReadOnlyList<HotFinding>> IHotTier.InspectAsync(CancellationToken cancellationToken)
    {
        var report = await InspectAsync(cancellationToken).ConfigureAwait(false);
        return [.. report.Findings.Select(static f => new HotFinding(f.Message, f.IsUnsafe))];
    }

    /// <inheritdoc/>
    public ValueTask<HotRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return _reader.ReadAsync(session, keys, withDataKeys, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> FillAsync(HotFill fill, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fill);
        var place = _calls.PlaceOf(fill.Session);
        var arguments = _calls.Arguments(place, 8 + (2 * fill.Records.Count)).Add(fill.Generation).Add(fill.Meta).Add(DataKeysValue.Of(fill.DataKeys));
        // More than hot takes at once stays in cold only.
        foreach (var record in fill.Records.Take(HotCalls.MostRecords))
            arguments.Add(FieldName.Of(record.Key)).Add(RecordValue.Of(record.Version, record.Envelope));
        return (int)await _calls.ScriptAsync(RedisScript.Fill, place, arguments, cancellationToken).ConfigureAwait(false) == 1;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ApplyAsync(HotApply apply, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(apply);
        var place = _calls.PlaceOf(apply.Session);
        // Of a commit that is too large for one step, hot learns the version only, and drops what it has from before.
        var tooLarge = apply.Changes.Count > HotCalls.MostRecords;
        var arguments = _calls.Arguments(place, 8 + (tooLarge ? 0 : 2 * apply.Changes.Count))
            .Add(tooLarge ? apply.Meta.Version : apply.PreviousVersion).Add(apply.Meta).Add(apply.CommitId);
        if (!tooLarge)
            arguments.Add(apply.Changes, apply.Meta.Version);
        return (int)await _calls.ScriptAsync(RedisScript.Apply, place, arguments, cancellationToken).ConfigureAwait(false) == 1;
    }

    /// <inheritdoc/>
    public async ValueTask EvictAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        var place = _calls.PlaceOf(session);
        await _calls.ScriptAsync(RedisScript.Evict, place, _calls.Arguments(place), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<HotInstallation> InstallEpochAsync(LeaseRef lease, TimeSpan vouchesFor, CancellationToken cancellationToken)
    {
        var place = _calls.PlaceOf(lease.Session);
        var deadline = _connection.StartCall();
        var until = vouchesFor > TimeSpan.Zero ? await _calls.UntilAsync(place, vouchesFor, deadline, cancellationToken).ConfigureAwait(false) : 0;
        var arguments = _calls.Arguments(place).Add(lease.Epoch).Add(until);
        var reply = (RedisResult[])(await _calls.ScriptAsync(RedisScript.Install, place, arguments, cancellationToken, deadline).ConfigureAwait(false))!;
        var former = (byte[]?)reply[1] is { Length: > 0 } text ? SessionControl.Parse(text, RunId)?.Outbox ?? throw _calls.Foreign(lease.Session) : null;

        // Known already, unless the run was doubted meanwhile: then it is learned again, and not taken for one that loses something.
        var run = await _connection.RunAsync(deadline, cancellationToken).ConfigureAwait(false);
        if (run.RunId != (string)reply[3]!)
            throw new StoreUnavailableException(RedisErrors.TierName, $"Redis at {_connection.Servers} was restarted or failed over while it was told of a lease.");
        return new HotInstallation((int)reply[0] == 1, run.RunId, former is null ? null : former with { HolderLives = (int)reply[2] == 1 })
        {
            KeepsEverything = run.Report.KeepsEverything,
        };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private static RedisHotTierOptions Checked(RedisHotTierOptions? options) => (options ?? new RedisHotTierOptions()).Checked();
}
