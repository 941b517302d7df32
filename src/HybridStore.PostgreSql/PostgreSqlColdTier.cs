using System.Runtime.CompilerServices;
using HybridStore.PostgreSql.Engine;
using HybridStore.PostgreSql.Reading;
using HybridStore.PostgreSql.Writing;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace HybridStore.PostgreSql;

/// <summary>PostgreSQL as the cold tier: one database for any number of processes and machines.</summary>
/// <remarks>
/// <para>
/// Every call is one round trip, one transaction and one snapshot, by the server's clock. Commits that wait at the same time, of any sessions, share a transaction
/// and its flush. A commit is acknowledged after the server said that its transaction is over, as durable as the server is; one that is set to acknowledge before
/// it flushes is overruled.
/// </para>
/// <para>
/// Nothing is kept in a session of the server, so that a pool of connections such as PgBouncer in transaction mode may stand in between. The database is looked at,
/// and its schema brought up to date, by <see cref="InitializeAsync"/> or the first other call.
/// </para>
/// </remarks>
public sealed class PostgreSqlColdTier : IColdTier
{
    private readonly PostgreSqlStore _store;
    private readonly PostgreSqlLeases _leases;

    /// <summary>Creates the tier with a pool of connections of its own; nothing is connected yet.</summary>
    /// <param name="connectionString"><c>Host=…;Username=…;Password=…;Database=…</c>, or <c>postgresql://user:password@host:port/database</c>. It is never shown.</param>
    /// <param name="options">The options, read once; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock of deadlines; <see langword="null"/> for the system's. Leases go by the server's.</param>
    /// <param name="logger">Where to log what is wrong with the server; <see langword="null"/> for nowhere.</param>
    /// <exception cref="ArgumentException">The string is not understood, or an option is out of its range.</exception>
    public PostgreSqlColdTier(
        string connectionString, PostgreSqlColdTierOptions? options = null, TimeProvider? timeProvider = null, ILogger<PostgreSqlColdTier>? logger = null)
        : this(
            new NpgsqlDataSourceBuilder(ConnectionStrings.ForTier(ConnectionStrings.Parse(connectionString)).ConnectionString).Build(),
            isShared: false, options, timeProvider, logger, clock: null)
    {
    }

    /// <summary>Creates the tier on connections of the application's, which stay the application's.</summary>
    /// <param name="dataSource">Where connections come from. With <c>No Reset On Close=true</c> in its connection string, calls take about half the time.</param>
    /// <param name="options">The options, read once; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock of deadlines; <see langword="null"/> for the system's. Leases go by the server's.</param>
    /// <param name="logger">Where to log what is wrong with the server; <see langword="null"/> for nowhere.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public PostgreSqlColdTier(
        NpgsqlDataSource dataSource, PostgreSqlColdTierOptions? options = null, TimeProvider? timeProvider = null, ILogger<PostgreSqlColdTier>? logger = null)
        : this(dataSource, isShared: true, options, timeProvider, logger, clock: null)
    {
    }

    /// <param name="source">Where connections come from.</param>
    /// <param name="isShared">Whether they are the application's.</param>
    /// <param name="options">The options.</param>
    /// <param name="timeProvider">The clock of deadlines.</param>
    /// <param name="logger">Where to log.</param>
    /// <param name="clock">The clock of leases, instead of the server's own: for tests.</param>
    internal PostgreSqlColdTier(
        NpgsqlDataSource source, bool isShared, PostgreSqlColdTierOptions? options, TimeProvider? timeProvider, ILogger? logger, TimeProvider? clock)
    {
        ArgumentNullException.ThrowIfNull(source);
        var read = (options ?? new PostgreSqlColdTierOptions()).Checked();
        var time = timeProvider ?? TimeProvider.System;
        _store = new PostgreSqlStore(new PostgreSqlDatabase(source, isShared, read, time), read, time, logger ?? NullLogger.Instance, clock);
        _leases = new PostgreSqlLeases(_store);
        History = new PostgreSqlHistory(_store);
        Keys = new PostgreSqlKeys(_store);
    }

    /// <inheritdoc/>
    public string Name => PostgreSqlErrors.TierName;

    /// <inheritdoc/>
    public IReadOnlyList<string> Remnants { get; } =
    [
        "dead rows hold records and data keys until VACUUM has removed them and their space is used again",
        "the write-ahead log in pg_wal holds them until its segments are recycled",
    ];

    /// <inheritdoc/>
    public IColdLeases Leases => _leases;

    /// <inheritdoc/>
    public IColdHistory? History { get; }

    /// <inheritdoc/>
    public IColdKeys? Keys { get; }

    /// <summary>The parts, for tests.</summary>
    internal PostgreSqlStore Store => _store;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken) => await _store.OpenAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<ColdRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        ColdInput.Check(keys);
        var database = await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await SessionRead.RunAsync(database, session, keys, withDataKeys, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken)
    {
        ColdInput.Check(commit);
        _ = await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await _store.Commits.RunAsync(commit, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<ColdImportResult> ImportAsync(ColdImport import, CancellationToken cancellationToken)
    {
        ColdInput.Check(import);
        var database = await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await new SessionImport(database, import, _store.Now).RunAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _store.Purge.Start();
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SealedRecord> EnumerateAsync(
        AuthSessionId session, string? type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        var database = await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (!NameFilter.MayExist(type))
            yield break;
        await foreach (var record in new RecordPages(database, session, type).RunAsync(cancellationToken).ConfigureAwait(false))
            yield return record;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ColdSession> ListSessionsAsync(string? tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var database = await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (!NameFilter.MayExist(tenant))
            yield break;
        var pages = new SessionPages(database, "list", tenant, (connection, page) =>
            Statement.Of(connection, database.Sql[tenant is null ? "sessions" : "sessions-of-tenant"]).Text(page.AfterTenant).Text(page.AfterSession).Int(SessionPages.MaxSessions));
        await foreach (var session in pages.RunAsync(cancellationToken).ConfigureAwait(false))
            yield return session;
    }

    /// <inheritdoc/>
    public async ValueTask<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        var database = await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await SessionSummary.RunAsync(database, session, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<ColdDeletion> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        var database = await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        var deletion = await SessionDeletion.RunAsync(database, session, cancellationToken).ConfigureAwait(false);
        _store.Purge.Start();
        return deletion;
    }

    /// <summary>Finishes the commits that were accepted, and closes the connections that are the tier's own.</summary>
    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
