using HybridStore.MongoDb.Engine;
using HybridStore.MongoDb.Reading;
using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Writing;

/// <summary>
/// Removes, a bounded number at a time and in the background, the records and history that deletions and abandoned imports left. Nobody reaches them; what is not finished goes
/// on after the next deletion or at the next start, here or in another process.
/// </summary>
internal sealed class Tidying(MongoDbStore store, Transactions transactions) : IAsyncDisposable
{
    private const int MaxRecords = 500;

    // Far above the time between two parts of an import that is alive.
    private static readonly TimeSpan StaleImportAge = TimeSpan.FromHours(24);

    private readonly Lock _sync = new();
    private readonly CancellationTokenSource _closing = new();
    private Task _running = Task.CompletedTask;
    private bool _isDue;
    private bool _hasLookedForLostHistory;

    /// <summary>What is being removed; done when nothing is left, or after a failure.</summary>
    public Task Running
    {
        get
        {
            lock (_sync)
                return _running;
        }
    }

    /// <summary>Begins, or goes on if it has begun.</summary>
    public void Begin()
    {
        lock (_sync)
        {
            if (store.IsDisposed || _closing.IsCancellationRequested)
                return;
            _isDue = true;
            if (_running.IsCompleted)
                _running = Task.Run(RunAsync);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task running;
        lock (_sync)
        {
            running = _running;
        }

        // Never disposed: it has no timer, and a call that is about to begin may still look at it.
        await _closing.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(false);
    }

    // Never throws: what fails is tried again at the next start.
    private async Task RunAsync()
    {
        try
        {
            while (TryTakeTurn())
            {
                await ForgetStaleImportsAsync().ConfigureAwait(false);
                await FindLostHistoryAsync().ConfigureAwait(false);
                while (await TryRemoveSomeAsync().ConfigureAwait(false))
                    _closing.Token.ThrowIfCancellationRequested();
            }
        }
        catch (Exception e) when (e is AuthStoreException or ObjectDisposedException or OperationCanceledException)
        {
            lock (_sync)
                _isDue = false;
        }
    }

    private bool TryTakeTurn()
    {
        lock (_sync)
        {
            bool isDue = _isDue;
            _isDue = false;
            return isDue;
        }
    }

    private async Task ForgetStaleImportsAsync()
    {
        var stale = await store.CallAsync(
            "tidy",
            async deadline =>
            {
                var query = new SnapshotQuery(store).Append(
                    store.Collections.Sessions,
                    MaxRecords,
                    Stages.Match(new BsonDocument(SessionDocument.LoadingField, true)),
                    Stages.Sort(SessionDocument.UpdatedField),
                    Stages.Limit(MaxRecords),
                    Stages.WithoutCommits);
                var loading = await query.RunAsync(deadline).ConfigureAwait(false);
                return loading.Where(document => SessionDocument.Read(document).UpdatedAt < query.Now - StaleImportAge).ToList();
            },
            _closing.Token).ConfigureAwait(false);
        foreach (var document in stale)
        {
            var session = SessionDocument.SessionOf(document);
            var abandon = new AbandonTransaction(store, session, SessionDocument.Read(document).Life);
            await transactions.RunAsync("tidy", session, abandon.RunAsync, null, _closing.Token).ConfigureAwait(false);
        }
    }

    // History of lives that a library ended which knows nothing of it. Once for each start: it looks at all lives with history.
    private async Task FindLostHistoryAsync()
    {
        while (!_hasLookedForLostHistory)
        {
            var ended = await store.CallAsync(
                "tidy",
                async deadline =>
                {
                    var sessions = store.Collections.Sessions.CollectionNamespace.CollectionName;
                    var found = await new SnapshotQuery(store).Append(store.Collections.HistoryLives, MaxRecords, HistoryLife.Ended(sessions, MaxRecords)).RunAsync(deadline).ConfigureAwait(false);
                    foreach (var note in found)
                        await store.Collections.Purges.ReplaceOneAsync(note, note, new ReplaceOptions { IsUpsert = true }, deadline).ConfigureAwait(false);
                    return found.Count;
                },
                _closing.Token).ConfigureAwait(false);
            _hasLookedForLostHistory = ended < MaxRecords;
            while (await TryRemoveSomeAsync().ConfigureAwait(false))
                _closing.Token.ThrowIfCancellationRequested();
        }
    }

    // The next few records or what was kept of them, or the note of a life that has none left.
    private async Task<bool> TryRemoveSomeAsync() => await store.CallAsync(
        "tidy",
        async deadline =>
        {
            var collections = store.Collections;
            if (await collections.Purges.Find(FilterDefinition<BsonDocument>.Empty).FirstOrDefaultAsync(deadline).ConfigureAwait(false) is not { } note)
                return false;
            var life = note["_id"].AsObjectId;
            if (await TryRemoveSomeAsync(collections.Records, life, deadline).ConfigureAwait(false) || await TryRemoveSomeAsync(collections.History, life, deadline).ConfigureAwait(false))
                return true;
            await collections.HistoryLives.DeleteOneAsync(note, deadline).ConfigureAwait(false);
            await collections.Purges.DeleteOneAsync(note, deadline).ConfigureAwait(false);
            return true;
        },
        _closing.Token).ConfigureAwait(false);

    private static async Task<bool> TryRemoveSomeAsync(IMongoCollection<BsonDocument> from, ObjectId life, CancellationToken deadline)
    {
        var some = await from.Find(RecordDocument.Range(life, type: null, after: null))
            .Project(new BsonDocument("_id", 1)).Limit(MaxRecords).ToListAsync(deadline).ConfigureAwait(false);
        if (some.Count > 0)
            await from.DeleteManyAsync(new BsonDocument("_id", new BsonDocument("$in", new BsonArray(some.Select(static r => r["_id"])))), deadline).ConfigureAwait(false);
        return some.Count > 0;
    }
}
