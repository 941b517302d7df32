using HybridStore.MongoDb.Engine;
using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Writing;

/// <summary>Runs what is to be kept all or nothing: again while others are in the way or the primary changes, until it is known what became of it or the time is over.</summary>
/// <remarks>
/// What runs again begins from the start and reads everything anew, the remembered commits included: a commit whose outcome was unknown is found there if it was
/// kept. All attempts are the same session's, so that the server ends what is left of one when the next begins.
/// </remarks>
internal sealed class Transactions(MongoDbStore store)
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(2);

    private readonly SessionTurns _turns = new();

    /// <summary>Runs a transaction.</summary>
    /// <typeparam name="T">What it finds out.</typeparam>
    /// <param name="operation">What is done, for messages.</param>
    /// <param name="of">The session that is written: its transactions of this process come one after the other.</param>
    /// <param name="body">Does it, and says whether anything is to be kept.</param>
    /// <param name="outcomeUnknown">What to throw where it may have been kept; <see langword="null"/>: it was not answered, and asking again does no harm.</param>
    /// <param name="cancellationToken">The caller's; heeded until the transaction begins.</param>
    public async ValueTask<T> RunAsync<T>(
        string operation,
        AuthSessionId of,
        Func<IClientSessionHandle, CancellationToken, Task<(T Result, bool Keep)>> body,
        Func<Exception, Exception>? outcomeUnknown,
        CancellationToken cancellationToken)
    {
        await store.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var turn = await _turns.TakeAsync(of, cancellationToken).ConfigureAwait(false);
        using var deadline = new CancellationTokenSource(store.Timeout, store.Time);
        ObjectDisposedException.ThrowIf(store.IsDisposed, typeof(MongoDbColdTier));
        var attempt = new Attempt<T>(store, body, deadline.Token);
        try
        {
            return await attempt.RunAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            var translated = store.Translate(e, operation);
            if (attempt.MayBeKept)
                throw outcomeUnknown?.Invoke(translated) ?? translated;
            ObjectDisposedException.ThrowIf(store.IsDisposed, typeof(MongoDbColdTier));
            if (!ReferenceEquals(translated, e))
                throw translated;
            throw;
        }
    }

    private sealed class Attempt<T>(MongoDbStore store, Func<IClientSessionHandle, CancellationToken, Task<(T Result, bool Keep)>> body, CancellationToken deadline)
    {
        private readonly ConflictBackoff _backoff = new(store.Time);

        /// <summary>Whether a commit was sent whose outcome is not known.</summary>
        public bool MayBeKept { get; private set; }

        public async Task<T> RunAsync()
        {
            var session = await store.Causality.StartAsync(deadline).ConfigureAwait(false);
            try
            {
                while (true)
                {
                    if (await TryAsync(session).ConfigureAwait(false) is { } done)
                        return done.Result;
                    await _backoff.WaitAsync(deadline).ConfigureAwait(false);
                }
            }
            finally
            {
                await LetGoAsync(session).ConfigureAwait(false);
            }
        }

        // Null: it is to be done again from the start.
        private async Task<Done?> TryAsync(IClientSessionHandle session)
        {
            session.StartTransaction(new TransactionOptions(
                ReadConcern.Snapshot, ReadPreference.Primary, store.Collections.Database.Settings.WriteConcern, maxCommitTime: store.Timeout));
            try
            {
                var (result, keep) = await body(session, deadline).ConfigureAwait(false);
                if (keep)
                    return await TryCommitAsync(session).ConfigureAwait(false) ? new Done(result) : null;

                // Nothing was committed now; what an earlier attempt may have done was read, and is in the result.
                MayBeKept = false;
                return new Done(result);
            }
            catch (Exception e) when (MongoDbErrors.IsTransient(e) && !deadline.IsCancellationRequested)
            {
                await AbortAsync(session).ConfigureAwait(false);
                return null;
            }
        }

        private async Task<bool> TryCommitAsync(IClientSessionHandle session)
        {
            while (true)
            {
                try
                {
                    MayBeKept = true;
                    await session.CommitTransactionAsync(deadline).ConfigureAwait(false);
                    MayBeKept = false;
                    store.Causality.Note(session);
                    return true;
                }
                catch (Exception e) when (MongoDbErrors.IsUnknownCommit(e) && !deadline.IsCancellationRequested)
                {
                    // Asked again, the server says what became of it.
                    await _backoff.WaitAsync(deadline).ConfigureAwait(false);
                }
                catch (Exception e) when (MongoDbErrors.IsTransient(e) && !deadline.IsCancellationRequested)
                {
                    return false;
                }
                catch (Exception e) when (MongoDbErrors.IsRefusal(e))
                {
                    MayBeKept = false;
                    throw;
                }
            }
        }

        // A transaction that is left open holds up others until the server ends it. Who has waited long enough does not wait for that too.
        private async Task LetGoAsync(IClientSessionHandle session)
        {
            var ending = EndAsync(session);
            if (!deadline.IsCancellationRequested)
                await ending.ConfigureAwait(false);
        }

        private async Task EndAsync(IClientSessionHandle session)
        {
            if (MayBeKept)
                await SupersedeAsync(session).ConfigureAwait(false);
            await AbortAsync(session).ConfigureAwait(false);
            session.Dispose();
        }

        // A commit that the server never heard of left its transaction open there. The session's next transaction ends it, and does nothing else; one that
        // was committed is not touched.
        private async Task SupersedeAsync(IClientSessionHandle session)
        {
            using var patience = new CancellationTokenSource(EndTimeout, store.Time);
            try
            {
                session.StartTransaction();
                await store.Collections.Schema.Find(session, FilterDefinition<BsonDocument>.Empty).Limit(1).ToListAsync(patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (IsExpected(e))
            {
                // Then the server ends it when its time is over.
            }
        }

        private async Task AbortAsync(IClientSessionHandle session)
        {
            if (!session.IsInTransaction)
                return;
            using var patience = new CancellationTokenSource(EndTimeout, store.Time);
            try
            {
                await session.AbortTransactionAsync(patience.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (IsExpected(e))
            {
                // The server ends it by itself, at the latest when the session is used again or its time is over.
            }
        }

        private static bool IsExpected(Exception e) =>
            e is MongoException or OperationCanceledException or TimeoutException or ObjectDisposedException or InvalidOperationException;

        private sealed record Done(T Result);
    }
}
