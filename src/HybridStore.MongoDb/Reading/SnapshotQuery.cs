using HybridStore.MongoDb.Engine;
using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Reading;

/// <summary>
/// One question to several collections, answered from one snapshot in one round trip: an aggregation that begins with the schema's document and appends what else is
/// wanted. The schema's document comes with the server's time, and its absence tells that the collections were dropped, which must not pass for sessions that do not exist.
/// </summary>
internal sealed class SnapshotQuery(MongoDbStore store)
{
    private const string NowField = "now";
    private readonly List<BsonDocument> _stages =
    [
        new("$match", new BsonDocument("_id", MongoDbSchema.Id)),
        new("$project", new BsonDocument(NowField, store.ServerTime.Now)),
    ];

    private int _expected = 1;

    /// <summary>The server's time, once it was asked.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>Appends documents.</summary>
    /// <param name="collection">Of which collection.</param>
    /// <param name="expected">How many there may be: they are asked for in one go.</param>
    /// <param name="stages">What makes them of it.</param>
    public SnapshotQuery Append(IMongoCollection<BsonDocument> collection, int expected, params IEnumerable<BsonDocument> stages)
    {
        _expected += expected;
        _stages.Add(new BsonDocument("$unionWith", new BsonDocument
        {
            { "coll", collection.CollectionNamespace.CollectionName }, { "pipeline", new BsonArray(stages) },
        }));
        return this;
    }

    /// <summary>Asks outside of a transaction.</summary>
    public async Task<List<BsonDocument>> RunAsync(CancellationToken cancellationToken) =>
        (await RunUntilAsync(static _ => false, cancellationToken).ConfigureAwait(false)).Documents;

    /// <summary>Asks outside of a transaction, and leaves the rest of the answer once the part that has come is enough. The server bounds a part to 16 MiB.</summary>
    /// <param name="isEnough">Whether this document is.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task<(List<BsonDocument> Documents, bool IsAll)> RunUntilAsync(Predicate<BsonDocument> isEnough, CancellationToken cancellationToken)
    {
        using var session = await store.Causality.StartAsync(cancellationToken).ConfigureAwait(false);
        var snapshot = store.Collections.Schema.WithReadConcern(ReadConcern.Snapshot);
        var answer = await RunAsync(snapshot, session, isEnough, cancellationToken).ConfigureAwait(false);
        store.Causality.Note(session);
        return answer;
    }

    /// <summary>Asks in a transaction, which has a snapshot already.</summary>
    public async Task<List<BsonDocument>> RunAsync(IClientSessionHandle transaction, CancellationToken cancellationToken) =>
        (await RunAsync(store.Collections.Schema, transaction, static _ => false, cancellationToken).ConfigureAwait(false)).Documents;

    private async Task<(List<BsonDocument> Documents, bool IsAll)> RunAsync(
        IMongoCollection<BsonDocument> from, IClientSessionHandle session, Predicate<BsonDocument> isEnough, CancellationToken cancellationToken)
    {
        // One more than there are, so that the answer says that it is complete. The server stops at the deadline too.
        var options = new AggregateOptions { BatchSize = _expected + 1, MaxTime = store.Timeout };
        using var cursor = await from.AggregateAsync<BsonDocument>(session, _stages.ToArray(), options, cancellationToken).ConfigureAwait(false);
        var documents = new List<BsonDocument>();
        bool isAll = true;
        while (isAll && await cursor.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            var part = cursor.Current.ToList();
            documents.AddRange(part);
            isAll = !part.Exists(isEnough);
        }

        if (documents.Count == 0 || !documents[0].TryGetValue(NowField, out var now))
            throw MongoDbErrors.Vanished(store.DatabaseName);
        Now = ServerTime.Read(now);
        documents.RemoveAt(0);
        return (documents, isAll);
    }
}
