using System.Runtime.CompilerServices;
using HybridStore.MongoDb.Engine;
using HybridStore.MongoDb.Reading;
using HybridStore.MongoDb.Writing;
using HybridStore.Tiers;
using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb;

/// <summary>The cold tier on MongoDB: a document for each record, and one transaction for each patch.</summary>
/// <remarks>
/// <para>
/// It needs a replica set (one server is enough) or a sharded cluster, of MongoDB 5.0 or later. A commit is acknowledged when it is in the journal of a majority;
/// reads go to the primary and see what a majority has, each from one snapshot. The client's own read preference and concerns are not used.
/// </para>
/// <para>Leases and times go by the server's clock. Collections are made by <see cref="InitializeAsync"/> or the first other call; nothing has an expiry.</para>
/// </remarks>
public sealed class MongoDbColdTier : IColdTier
{
    private const int PageSessions = 256;
    private static readonly BsonDocument InOrder = new("_id", 1);

    private readonly MongoDbStore _store;
    private readonly SessionReader _reader;
    private readonly Transactions _transactions;
    private readonly Tidying _tidying;
    private readonly MongoDbLeases _leases;
    private readonly MongoDbHistory _history;

    /// <summary>Creates a tier with a client of its own; no server is asked yet.</summary>
    /// <param name="connectionString">Servers, database and how to reach them, such as <c>mongodb://user:password@localhost/bots</c>. It is never shown.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock of deadlines; <see langword="null"/> for the system's. Leases go by the server's.</param>
    /// <exception cref="ArgumentException">The string is not understood or names no database, or an option is out of its range.</exception>
    public MongoDbColdTier(string connectionString, MongoDbColdTierOptions? options = null, TimeProvider? timeProvider = null)
        : this(ClientSettings.Parse(connectionString), Checked(options), timeProvider)
    {
    }

    /// <summary>Creates a tier with a client of its own; no server is asked yet.</summary>
    /// <param name="settings">Servers and how to reach them.</param>
    /// <param name="database">The database's name.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock of deadlines; <see langword="null"/> for the system's. Leases go by the server's.</param>
    /// <exception cref="ArgumentException">The database's name is empty, or an option is out of its range.</exception>
    public MongoDbColdTier(MongoClientSettings settings, string database, MongoDbColdTierOptions? options = null, TimeProvider? timeProvider = null)
        : this((settings, database), Checked(options), timeProvider)
    {
    }

    /// <summary>Creates a tier on a database of a client that the application has already. It stays the application's.</summary>
    /// <param name="database">The database.</param>
    /// <param name="options">The options; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock of deadlines; <see langword="null"/> for the system's. Leases go by the server's.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public MongoDbColdTier(IMongoDatabase database, MongoDbColdTierOptions? options = null, TimeProvider? timeProvider = null)
        : this(database, ownsClient: false, Checked(options), timeProvider, clock: null)
    {
    }

    /// <param name="database">The database.</param>
    /// <param name="options">The options.</param>
    /// <param name="timeProvider">The clock of deadlines.</param>
    /// <param name="clock">The clock of leases, instead of the server's: for tests.</param>
    internal MongoDbColdTier(IMongoDatabase database, MongoDbColdTierOptions options, TimeProvider? timeProvider, TimeProvider clock)
        : this(database, ownsClient: false, options.Checked(), timeProvider, clock)
    {
    }

    private MongoDbColdTier((MongoClientSettings Settings, string Database) where, MongoDbColdTierOptions options, TimeProvider? timeProvider)
        : this(new MongoClient(ClientSettings.Own(where.Settings, options)).GetDatabase(where.Database), ownsClient: true, options, timeProvider, clock: null)
    {
    }

    private MongoDbColdTier(IMongoDatabase database, bool ownsClient, MongoDbColdTierOptions options, TimeProvider? timeProvider, TimeProvider? clock)
    {
        ArgumentNullException.ThrowIfNull(database);
        _store = new MongoDbStore(database, ownsClient, options, timeProvider ?? TimeProvider.System, clock);
        _reader = new SessionReader(_store);
        _transactions = new Transactions(_store);
        _tidying = new Tidying(_store, _transactions);
        _leases = new MongoDbLeases(_store, _reader, _transactions);
        _history = new MongoDbHistory(_store, _reader, new HistoryReader(_store));
        Keys = new MongoDbKeys(_store, _reader, _transactions);
    }

    /// <inheritdoc/>
    public string Name => MongoDbErrors.TierName;

    /// <inheritdoc/>
    public IReadOnlyList<string> Remnants { get; } =
    [
        "the oplog and the journal hold records and data keys until they are overwritten",
        "freed blocks of the data files hold them until they are used again",
    ];

    /// <inheritdoc/>
    public IColdLeases Leases => _leases;

    /// <inheritdoc/>
    public IColdHistory? History => _history;

    /// <inheritdoc/>
    public IColdKeys? Keys { get; }

    /// <summary>What removes the records of ended lives, for tests.</summary>
    internal Tidying Tidying => _tidying;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        _tidying.Begin();
    }

    /// <inheritdoc/>
    public async ValueTask<ColdRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        ColdInput.Check(keys);
        return await _store.CallAsync("read", deadline => _reader.ReadAsync(session, keys, withDataKeys, deadline), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken)
    {
        ColdInput.Check(commit);
        var transaction = new CommitTransaction(_store, commit);
        var result = await _transactions.RunAsync(
            "commit",
            commit.Session,
            transaction.RunAsync,
            e => new CommitOutcomeUnknownException(commit.Session, commit.Patches[^1].CommitId, e),
            cancellationToken).ConfigureAwait(false);
        if (transaction.LeavesPurge)
            _tidying.Begin();
        return result;
    }

    /// <inheritdoc/>
    public async ValueTask<ColdImportResult> ImportAsync(ColdImport import, CancellationToken cancellationToken)
    {
        ColdInput.Check(import);
        return await new ImportRun(_store, _transactions, _tidying, import).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SealedRecord> EnumerateAsync(
        AuthSessionId session, string? type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        if (await FindAsync(session, "enumerate", cancellationToken).ConfigureAwait(false) is not { } begun)
            yield break;
        AuthKey? after = null;
        bool more;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var behind = after;
            var page = await _store.CallAsync("enumerate", deadline => _reader.ReadPageAsync(session, begun.Life, type, behind, deadline), cancellationToken).ConfigureAwait(false);
            if (page.Session?.Life != begun.Life)
                throw new IncarnationEndedException(session, begun.Incarnation);
            foreach (var record in page.Records)
            {
                after = record.Key;
                yield return record;
            }

            more = page.More;
        }
        while (more);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ColdSession> ListSessionsAsync(string? tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = SessionDocument.Id(tenant ?? "", "");
        List<ColdSession> page;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var range = new BsonDocument("$gt", after);
            if (tenant is not null)
                range.Add("$lt", SessionDocument.Id(tenant, BsonMaxKey.Value));
            var filter = new BsonDocument { { "_id", range }, { SessionDocument.VersionField, new BsonDocument("$gt", 0L) } };
            page = await _store.CallAsync("list", deadline => _reader.ListAsync(filter, InOrder, PageSessions, deadline), cancellationToken).ConfigureAwait(false);
            foreach (var session in page)
            {
                after = SessionDocument.Id(session.Id);
                yield return session;
            }
        }
        while (page.Count == PageSessions);
    }

    /// <inheritdoc/>
    public async ValueTask<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        while (await FindAsync(session, "summarize", cancellationToken).ConfigureAwait(false) is { } found)
        {
            // Where that life is over when its records are counted, there is another one or none.
            var summary = await _store.CallAsync("summarize", deadline => _reader.SummarizeAsync(session, found.Life, deadline), cancellationToken).ConfigureAwait(false);
            if (summary is not null)
                return summary;
        }

        return null;
    }

    /// <inheritdoc/>
    public async ValueTask<ColdDeletion> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        var deletion = await _transactions.RunAsync("delete", session, new DeleteTransaction(_store, session).RunAsync, null, cancellationToken).ConfigureAwait(false);
        _tidying.Begin();
        return deletion;
    }

    /// <summary>Ends what runs in the background, and disposes of the client if it is the tier's own.</summary>
    public async ValueTask DisposeAsync()
    {
        await _tidying.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
    }

    private ValueTask<SessionDocument?> FindAsync(AuthSessionId session, string operation, CancellationToken cancellationToken) =>
        _store.CallAsync(operation, deadline => _reader.FindAsync(session, deadline), cancellationToken);

    private static MongoDbColdTierOptions Checked(MongoDbColdTierOptions? options) => (options ?? new MongoDbColdTierOptions()).Checked();
}
