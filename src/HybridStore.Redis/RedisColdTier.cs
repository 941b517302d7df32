using System.Runtime.CompilerServices;
using HybridStore.Redis.Cold;
using HybridStore.Redis.Connection;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace HybridStore.Redis;

/// <summary>Redis as the only place of the sessions, for who has no database and takes the durability that Redis' persistence gives.</summary>
/// <remarks>
/// Every call on a session is one script on one server, whole or not at all, by the server's clock. The names of sessions are hashed in the keys; they stand
/// in lists beside them as long as the session lives. Everything is kept in memory by the server, and for ever: nothing has an expiry.
/// </remarks>
public sealed class RedisColdTier : IColdTier
{
    private const int PageRecords = 256;
    private const int PageBytes = 4 * 1024 * 1024;

    private readonly ColdServer _server;
    private readonly RedisColdLeases _leases;

    /// <summary>Creates a tier with a connection of its own, made in the background.</summary>
    /// <param name="configuration">Servers and how to reach them. Names, passwords, TLS and time-outs are taken over; that it goes on without a server is set.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock of deadlines; <see langword="null"/> for the system's. Leases go by the server's.</param>
    /// <param name="logger">Where to log how durable the server is, and what is wrong with it; <see langword="null"/> for nowhere.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public RedisColdTier(
        ConfigurationOptions configuration, RedisColdTierOptions? options = null, TimeProvider? timeProvider = null, ILogger<RedisColdTier>? logger = null)
        : this(Checked(options), timeProvider ?? TimeProvider.System, (ILogger?)logger ?? NullLogger.Instance, configuration, shared: null, clock: null)
    {
    }

    /// <summary>Creates a tier with a connection of its own, made in the background.</summary>
    /// <param name="connectionString">Servers and how to reach them, such as <c>localhost:6379,password=...,ssl=true</c>. It is never shown.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock of deadlines; <see langword="null"/> for the system's. Leases go by the server's.</param>
    /// <param name="logger">Where to log how durable the server is, and what is wrong with it; <see langword="null"/> for nowhere.</param>
    /// <exception cref="ArgumentException">The string is not understood, or an option is out of its range.</exception>
    public RedisColdTier(string connectionString, RedisColdTierOptions? options = null, TimeProvider? timeProvider = null, ILogger<RedisColdTier>? logger = null)
        : this(RedisOptionsParser.Parse(connectionString), options, timeProvider, logger)
    {
    }

    /// <summary>Creates a tier on a connection that the application has already. It stays the application's.</summary>
    /// <param name="connection">The connection. Made with <c>allowAdmin=true</c>, more is known of the server's settings.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock of deadlines; <see langword="null"/> for the system's. Leases go by the server's.</param>
    /// <param name="logger">Where to log how durable the server is, and what is wrong with it; <see langword="null"/> for nowhere.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public RedisColdTier(
        IConnectionMultiplexer connection, RedisColdTierOptions? options = null, TimeProvider? timeProvider = null, ILogger<RedisColdTier>? logger = null)
        : this(connection, options, timeProvider, logger, clock: null)
    {
    }

    /// <param name="connection">The connection.</param>
    /// <param name="options">The options.</param>
    /// <param name="timeProvider">The clock of deadlines.</param>
    /// <param name="logger">Where to log.</param>
    /// <param name="clock">The clock of leases, instead of the server's own: for tests.</param>
    internal RedisColdTier(IConnectionMultiplexer connection, RedisColdTierOptions? options, TimeProvider? timeProvider, ILogger? logger, TimeProvider? clock)
        : this(Checked(options), timeProvider ?? TimeProvider.System, logger ?? NullLogger.Instance, configuration: null, connection, clock)
    {
    }

    private RedisColdTier(
        RedisColdTierOptions options, TimeProvider time, ILogger logger, ConfigurationOptions? configuration, IConnectionMultiplexer? shared, TimeProvider? clock)
    {
        if (configuration is null)
            ArgumentNullException.ThrowIfNull(shared);
        var connection = shared is null
            ? new RedisConnection(configuration!, options.ForConnection(), time, logger)
            : new RedisConnection(shared, options.ForConnection(), time, logger);
        _server = new ColdServer(connection, options, time, logger, clock);
        _leases = new RedisColdLeases(_server);
        Keys = new RedisColdKeys(_server);
    }

    /// <inheritdoc/>
    public string Name => RedisErrors.TierName;

    /// <inheritdoc/>
    public IReadOnlyList<string> Remnants { get; } =
    [
        "the append-only file holds records and data keys until it is rewritten (BGREWRITEAOF), dumps until they are replaced (BGSAVE), replicas as long as they lag",
    ];

    /// <inheritdoc/>
    public IColdLeases Leases => _leases;

    /// <inheritdoc/>
    public IColdKeys? Keys { get; }

    /// <inheritdoc/>
    public ValueTask InitializeAsync(CancellationToken cancellationToken) => _server.ConnectAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<ColdRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        ColdInput.Check(keys);
        var own = _server.KeysOf(session);
        var arguments = new RedisValue[1 + keys.Count];
        arguments[0] = withDataKeys ? "1" : "0";
        for (var i = 0; i < keys.Count; i++)
            arguments[i + 1] = ColdName.Encode(keys[i].Type, keys[i].Id);
        var reply = await _server.ReadAsync(ColdScript.Read, [own.Head, own.Records, own.DataKeys, own.Commits], arguments, "read", cancellationToken).ConfigureAwait(false);
        return ColdReadScript.Result(reply, keys);
    }

    /// <inheritdoc/>
    public async ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken)
    {
        ColdInput.Check(commit);
        var own = _server.KeysOf(commit.Session);
        var reply = await _server.WriteAsync(
            ColdScript.Commit,
            ColdCommitScript.Keys(own),
            ColdCommitScript.Arguments(commit, own.Name, _server.Now),
            "commit",
            e => new CommitOutcomeUnknownException(commit.Session, commit.Patches[^1].CommitId, e),
            cancellationToken).ConfigureAwait(false);
        return ColdCommitScript.Result(reply);
    }

    /// <inheritdoc/>
    public async ValueTask<ColdImportResult> ImportAsync(ColdImport import, CancellationToken cancellationToken)
    {
        ColdInput.Check(import);
        return await new ColdImportRun(_server, import).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SealedRecord> EnumerateAsync(
        AuthSessionId session, string? type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        var own = _server.KeysOf(session);
        RedisKey[] keys = [own.Head, own.Records, own.Order];
        var range = ColdRange.Of(type);
        long incarnation = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = ColdReply.Array(await _server.ReadAsync(
                ColdScript.Page, keys, [range.From, range.To, PageRecords, PageBytes], "enumerate", cancellationToken).ConfigureAwait(false));
            var found = ColdReply.Number(page[0]);
            if (incarnation != 0 && found != incarnation)
                throw new IncarnationEndedException(session, incarnation);
            incarnation = found;
            var records = ColdReply.Array(page[2]);
            for (var i = 0; i < records.Length; i += 2)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return ColdReply.Record(ColdName.DecodeKey(ColdReply.Bytes(records[i])), ColdReply.Bytes(records[i + 1]));
            }

            if (ColdReply.Number(page[1]) == 0)
                yield break;
            range = range.After(ColdReply.Bytes(records[^2]));
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ColdSession> ListSessionsAsync(string? tenant, CancellationToken cancellationToken) =>
        new ColdListing(_server, ColdBucket.Sessions, tenant, static head => head.IsAlive).RunAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        var own = _server.KeysOf(session);
        var reply = ColdReply.Array(await _server.ReadAsync(ColdScript.Summary, [own.Head, own.Types], [], "summarize", cancellationToken).ConfigureAwait(false));
        return ColdReply.Head(reply[0]) is { } head ? (head, ColdSummary.Of(ColdReply.Array(reply[1]))) : null;
    }

    /// <inheritdoc/>
    public async ValueTask<ColdDeletion> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        var own = _server.KeysOf(session);
        var reply = ColdReply.Array(await _server.WriteAsync(
            ColdScript.Delete,
            [own.Head, own.Records, own.Order, own.Types, own.Commits, own.DataKeys, own.Sessions, own.Ahead],
            [own.Name],
            "delete",
            outcomeUnknown: null,
            cancellationToken).ConfigureAwait(false));
        return new ColdDeletion(ColdReply.Number(reply[0]) != 0, ColdReply.Number(reply[1]), ColdReply.Number(reply[2]), ColdReply.Number(reply[3]));
    }

    /// <summary>Closes the connection, if it is the tier's own.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static RedisColdTierOptions Checked(RedisColdTierOptions? options) => (options ?? new RedisColdTierOptions()).Checked();
}
