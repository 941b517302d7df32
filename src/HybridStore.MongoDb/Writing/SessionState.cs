using HybridStore.MongoDb.Engine;
using HybridStore.MongoDb.Reading;
using HybridStore.Tiers;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Writing;

/// <summary>What a transaction decides on: read in one round trip, which also begins the transaction.</summary>
/// <param name="Document">The session's document, or a new one that goes on where its tombstone says.</param>
/// <param name="Tombstone">What is left of a former life.</param>
/// <param name="Versions">The versions of the records that were asked for and are there.</param>
/// <param name="Kept">Those of them that are kept if they are replaced, whole.</param>
/// <param name="Now">The server's time.</param>
internal sealed record SessionState(SessionDocument Document, TombstoneDocument Tombstone, Dictionary<AuthKey, long> Versions, IReadOnlyList<SealedRecord> Kept, DateTimeOffset Now)
{
    public static Task<SessionState> ReadAsync(MongoDbStore store, IClientSessionHandle transaction, AuthSessionId session, CancellationToken cancellationToken) =>
        ReadAsync(store, transaction, session, [], HistoryStep.NoKeys, cancellationToken);

    /// <param name="store">The store.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="session">The session.</param>
    /// <param name="expected">The records of which the version is to be known.</param>
    /// <param name="kept">The records that may be replaced and are kept then.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public static async Task<SessionState> ReadAsync(
        MongoDbStore store,
        IClientSessionHandle transaction,
        AuthSessionId session,
        IReadOnlyCollection<AuthKey> expected,
        IReadOnlySet<AuthKey> kept,
        CancellationToken cancellationToken)
    {
        var collections = store.Collections;
        var query = new SnapshotQuery(store)
            .Append(collections.Sessions, 1, Stages.Session(session))
            .Append(collections.Tombstones, 1, Stages.Tombstone(session));
        var keys = kept.Count == 0 ? expected : [.. kept.Union(expected)];
        if (keys.Count > 0)
        {
            var lookup = RecordDocument.Lookup(collections.Records.CollectionNamespace.CollectionName, keys, withEnvelopes: kept.Count > 0);
            query.Append(collections.Sessions, keys.Count, [Stages.LivingSession(session), .. lookup]);
        }

        var answer = await query.RunAsync(transaction, cancellationToken).ConfigureAwait(false);
        var tombstone = answer.Find(TombstoneDocument.Is) is { } ended ? TombstoneDocument.Read(ended) : default;
        var document = answer.Find(SessionDocument.Is) is { } found ? SessionDocument.Read(found) : SessionDocument.New(session, tombstone);
        var records = answer.FindAll(RecordDocument.Is);
        return new SessionState(
            document,
            tombstone,
            records.ToDictionary(RecordDocument.KeyOf, RecordDocument.VersionOf),
            [.. records.Where(record => kept.Contains(RecordDocument.KeyOf(record))).Select(RecordDocument.Read)],
            query.Now);
    }
}
