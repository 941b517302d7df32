using HybridStore.MongoDb.Engine;
using HybridStore.MongoDb.Reading;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Writing;

/// <summary>What a transaction decides on: read in one round trip, which also begins the transaction.</summary>
/// <param name="Document">The session's document, or a new one that goes on where its tombstone says.</param>
/// <param name="Tombstone">What is left of a former life.</param>
/// <param name="Versions">The versions of the records that were asked for and are there.</param>
/// <param name="Now">The server's time.</param>
internal sealed record SessionState(SessionDocument Document, TombstoneDocument Tombstone, Dictionary<AuthKey, long> Versions, DateTimeOffset Now)
{
    public static async Task<SessionState> ReadAsync(
        MongoDbStore store, IClientSessionHandle transaction, AuthSessionId session, IReadOnlyCollection<AuthKey> expected, CancellationToken cancellationToken)
    {
        var collections = store.Collections;
        var query = new SnapshotQuery(store)
            .Append(collections.Sessions, 1, Stages.Session(session))
            .Append(collections.Tombstones, 1, Stages.Tombstone(session));
        if (expected.Count > 0)
        {
            var lookup = RecordDocument.Lookup(collections.Records.CollectionNamespace.CollectionName, expected, withEnvelopes: false);
            query.Append(collections.Sessions, expected.Count, [Stages.LivingSession(session), .. lookup]);
        }

        var answer = await query.RunAsync(transaction, cancellationToken).ConfigureAwait(false);
        var tombstone = answer.Find(TombstoneDocument.Is) is { } ended ? TombstoneDocument.Read(ended) : default;
        var document = answer.Find(SessionDocument.Is) is { } found ? SessionDocument.Read(found) : SessionDocument.New(session, tombstone);
        var versions = answer.Where(RecordDocument.Is).ToDictionary(RecordDocument.KeyOf, RecordDocument.VersionOf);
        return new SessionState(document, tombstone, versions, query.Now);
    }
}
