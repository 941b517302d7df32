using System.Runtime.CompilerServices;
using HybridStore.Sqlite.Engine;
using HybridStore.Sqlite.Reading;
using HybridStore.Sqlite.Writing;
using HybridStore.Tiers;

namespace HybridStore.Sqlite;

/// <summary>The embedded cold tier: one SQLite file on this machine.</summary>
/// <remarks>
/// <para>
/// A commit is acknowledged after it was flushed to the medium (WAL, <c>synchronous=FULL</c>); commits that wait at the same time share one flush.
/// Reads run on the caller's thread, from one snapshot each, and wait for nobody.
/// </para>
/// <para>
/// Several processes of one machine may open the same file. Network file systems are not supported: their locks can't be relied on.
/// The file is opened by <see cref="InitializeAsync"/> or the first other call.
/// </para>
/// </remarks>
public sealed class SqliteColdTier : IColdTier
{
    private readonly SqliteStore _store;
    private readonly SqliteLeases _leases;

    /// <summary>Creates the tier; the file is not touched yet.</summary>
    /// <param name="options">Where the file is, and how it is used; read once.</param>
    /// <param name="timeProvider">The clock of leases and of the times that sessions carry.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public SqliteColdTier(SqliteColdTierOptions options, TimeProvider timeProvider)
        : this(options, timeProvider, hooks: null)
    {
    }

    internal SqliteColdTier(SqliteColdTierOptions options, TimeProvider timeProvider, SqliteTestHooks? hooks)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(timeProvider);
        if (options.Validate() is { Count: > 0 } faults)
            throw new ArgumentException(string.Join(' ', faults), nameof(options));
        _store = new SqliteStore(options, timeProvider, hooks);
        _leases = new SqliteLeases(_store);
        History = new SqliteHistory(_store);
        Keys = new SqliteKeys(_store);
    }

    /// <inheritdoc/>
    public string Name => SqliteErrors.TierName;

    /// <inheritdoc/>
    public IReadOnlyList<string> Remnants { get; } =
    [
        "the write-ahead log beside the file (-wal) holds former pages until the log is begun anew, at the latest when the last process closes the file; in the file itself data keys are overwritten at once",
        "snapshots and freed blocks of the file system hold the file as it was",
    ];

    /// <inheritdoc/>
    public IColdLeases Leases => _leases;

    /// <inheritdoc/>
    public IColdHistory? History { get; }

    /// <inheritdoc/>
    public IColdKeys? Keys { get; }

    /// <summary>The open file's parts, for tests.</summary>
    internal SqliteStore Store => _store;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken) => await _store.OpenAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<ColdRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        ColdInput.Check(keys);
        var opening = _store.OpenAsync(cancellationToken);
        return opening.IsCompletedSuccessfully
            ? ValueTask.FromResult(Read(opening.GetAwaiter().GetResult(), session, keys, withDataKeys))
            : ReadWhenOpenAsync(opening, session, keys, withDataKeys);
    }

    /// <inheritdoc/>
    public ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken)
    {
        ColdInput.Check(commit);
        var opening = _store.OpenAsync(cancellationToken);
        return opening.IsCompletedSuccessfully
            ? opening.GetAwaiter().GetResult().Writer.RunAsync(new CommitWork(commit), cancellationToken)
            : CommitWhenOpenAsync(opening, commit, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<ColdImportResult> ImportAsync(ColdImport import, CancellationToken cancellationToken)
    {
        ColdInput.Check(import);
        var open = await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await new SqliteImport(open.Writer, import).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SealedRecord> EnumerateAsync(
        AuthSessionId session, string? type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        var open = await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        var page = new RecordPage(type);
        long incarnation = 0;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            page.Next();

            // No transaction stays open between pages: a slow consumer must not keep the log from being emptied.
            long found = open.Readers.Use((session, type, page), static (reader, q) => reader.ReadPage(q.session, q.type, q.page));
            if (incarnation != 0 && found != incarnation)
                throw new IncarnationEndedException(session, incarnation);
            incarnation = found;
            foreach (var record in page.Records)
                yield return record;
        }
        while (!page.HasRoom);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ColdSession> ListSessionsAsync(string? tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var open = await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        var page = new SessionPage(tenant);
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            page.Next();
            _ = open.Readers.Use((tenant, page), static (reader, q) =>
            {
                reader.ReadSessions(q.tenant, q.page);
                return true;
            });
            foreach (var session in page.Sessions)
                yield return session;
        }
        while (page.IsFull);
    }

    /// <inheritdoc/>
    public async ValueTask<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        var open = await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return open.Readers.Use(session, static (reader, session) => reader.Summarize(session));
    }

    /// <inheritdoc/>
    public async ValueTask<ColdDeletion> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        var open = await _store.OpenAsync(cancellationToken).ConfigureAwait(false);
        return await open.Writer.RunAsync(new DeleteWork(session), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finishes the writes that were accepted, and closes the file.</summary>
    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static ColdRead Read(OpenStore open, AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys) =>
        open.Readers.Use((session, keys, withDataKeys), static (reader, q) => reader.Read(q.session, q.keys, q.withDataKeys));

    private static async ValueTask<ColdCommitResult> CommitWhenOpenAsync(ValueTask<OpenStore> opening, ColdCommit commit, CancellationToken cancellationToken)
    {
        var open = await opening.ConfigureAwait(false);
        return await open.Writer.RunAsync(new CommitWork(commit), cancellationToken).ConfigureAwait(false);
    }

    private static async ValueTask<ColdRead> ReadWhenOpenAsync(
        ValueTask<OpenStore> opening, AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys) =>
        Read(await opening.ConfigureAwait(false), session, keys, withDataKeys);
}
