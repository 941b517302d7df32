using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.Benchmarks;

/// <summary>The transaction that a commit is, written by hand on the driver: the same documents with the same concerns, and nothing decided.</summary>
internal sealed class RawMongoDb(IMongoClient client, IMongoDatabase database)
{
    private static readonly TransactionOptions Options = new(ReadConcern.Snapshot, ReadPreference.Primary, WriteConcern.WMajority.With(journal: true));
    private readonly IMongoCollection<BsonDocument> _sessions = database.GetCollection<BsonDocument>("raw_sessions");
    private readonly IMongoCollection<BsonDocument> _records = database.GetCollection<BsonDocument>("raw_records");

    public async Task PrepareAsync(int records, byte[] envelope)
    {
        await _sessions.InsertOneAsync(new BsonDocument { { "_id", "session" }, { "version", 1L }, { "commits", new BsonArray() } });
        await _records.InsertManyAsync(Enumerable.Range(0, records).Select(i => new BsonDocument { { "_id", $"{i}" }, { "v", 1L }, { "e", new BsonBinaryData(envelope) } }));
    }

    public async Task CommitAsync(string[] ids, byte[] envelope)
    {
        using var session = await client.StartSessionAsync();
        session.StartTransaction(Options);
        var found = await _sessions.Find(session, new BsonDocument("_id", "session")).SingleAsync();
        long version = found["version"].AsInt64 + 1;
        var mark = new BsonDocument { { "c", new BsonBinaryData(Guid.NewGuid(), GuidRepresentation.Standard) }, { "v", version } };
        var update = new BsonDocument
        {
            { "$set", new BsonDocument { { "version", version }, { "updated", DateTime.UnixEpoch } } },
            { "$push", new BsonDocument("commits", new BsonDocument { { "$each", new BsonArray { mark } }, { "$slice", -64 } }) },
        };
        await _sessions.UpdateOneAsync(session, new BsonDocument { { "_id", "session" }, { "version", version - 1 } }, update);
        var writes = ids.Select(id => new ReplaceOneModel<BsonDocument>(
            new BsonDocument("_id", id), new BsonDocument { { "_id", id }, { "v", version }, { "e", new BsonBinaryData(envelope) } }) { IsUpsert = true });
        await _records.BulkWriteAsync(session, writes);
        await session.CommitTransactionAsync();
    }

    public Task<BsonDocument> ReadAsync(string id) => _records.Find(new BsonDocument("_id", id)).SingleAsync();
}
