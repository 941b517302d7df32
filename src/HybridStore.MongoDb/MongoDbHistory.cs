using System.Runtime.CompilerServices;
using HybridStore.MongoDb.Reading;
using HybridStore.Tiers;
using MongoDB.Bson;

namespace HybridStore.MongoDb;

/// <summary>The former versions of records, in pages: nothing stays open between them.</summary>
internal sealed class MongoDbHistory(MongoDbStore store, SessionReader sessions, HistoryReader history) : IColdHistory
{
    public IAsyncEnumerable<AuthHistoryVersion> ListAsync(AuthSessionId session, CancellationToken cancellationToken) => PagesAsync(
        "list history",
        session,
        long.MaxValue,
        (life, below, deadline) => history.VersionsAsync(session, life, below, deadline),
        static version => version.Version,
        cancellationToken);

    public IAsyncEnumerable<AuthRecordVersion> ListAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken)
    {
        ColdInput.Check([key]);
        return PagesAsync(
            "list history",
            session,
            long.MaxValue,
            (life, below, deadline) => history.VersionsAsync(session, life, key, below, deadline),
            static version => version.ReplacedBy,
            cancellationToken);
    }

    public IAsyncEnumerable<SealedRecord> EnumerateReplacedAsync(AuthSessionId session, long version, CancellationToken cancellationToken) => PagesAsync(
        "read history",
        session,
        (AuthKey?)null,
        (life, after, deadline) => history.ReplacedAsync(session, life, version, after, deadline),
        static record => record.Key,
        cancellationToken);

    private async IAsyncEnumerable<T> PagesAsync<T, TPosition>(
        string operation,
        AuthSessionId session,
        TPosition first,
        Func<ObjectId, TPosition, CancellationToken, Task<(List<T> Page, bool More)>> read,
        Func<T, TPosition> positionOf,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        if (await store.CallAsync(operation, deadline => sessions.FindAsync(session, deadline), cancellationToken).ConfigureAwait(false) is not { HasHistory: true } found)
            yield break;
        var position = first;
        bool more;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var from = position;
            (var page, more) = await store.CallAsync(operation, deadline => read(found.Life, from, deadline), cancellationToken).ConfigureAwait(false);
            foreach (var item in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return item;
                position = positionOf(item);
            }
        }
        while (more);
    }
}
