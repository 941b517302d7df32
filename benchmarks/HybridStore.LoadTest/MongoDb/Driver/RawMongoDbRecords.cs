using HybridStore.LoadTest.Targets;
using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.LoadTest.MongoDb.Driver;

/// <summary>One collection, a document for each record: a find by key, and one bulk write for each commit, in a transaction unless a single record needs none.</summary>
internal sealed class RawMongoDbRecords(IMongoCollection<BsonDocument> records) : IRawRecords
{
    private const string Value = "v";

    // As the tier has it.
    private static readonly WriteConcern Kept = WriteConcern.WMajority.With(journal: true);
    private static readonly TransactionOptions Transaction = new(writeConcern: Kept);

    // Then all updates are one command, and all deletes another.
    private static readonly BulkWriteOptions AnyOrder = new() { IsOrdered = false };

    /// <summary>Makes its collection.</summary>
    public static async Task<RawMongoDbRecords> OpenAsync(IMongoDatabase database)
    {
        await database.CreateCollectionAsync("records");
        return new RawMongoDbRecords(database.WithWriteConcern(Kept).GetCollection<BsonDocument>("records"));
    }

    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string session, AuthKey key)
    {
        var found = await records.Find(Is(session, key)).FirstOrDefaultAsync();
        return found?[Value].AsByteArray.OrAbsent();
    }

    public async ValueTask<int> CountAsync(string session, AuthKey[] keys) =>
        (int)await records.CountDocumentsAsync(new BsonDocument("_id", new BsonDocument("$in", new BsonArray(keys.Select(k => IdOf(session, k))))));

    public async ValueTask WriteAsync(string session, RecordWrite[] writes)
    {
        var models = writes.Select(w => ModelOf(session, w)).ToArray();
        if (models.Length == 1)
        {
            await records.BulkWriteAsync(models, AnyOrder);
            return;
        }

        using var client = await records.Database.Client.StartSessionAsync();

        // Those that overlap fail instead of waiting, and are made again.
        await client.WithTransactionAsync((transaction, stop) => records.BulkWriteAsync(transaction, models, AnyOrder, stop), Transaction);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static WriteModel<BsonDocument> ModelOf(string session, RecordWrite write) =>
        write.Value is { } value
            ? new ReplaceOneModel<BsonDocument>(Is(session, write.Key), new BsonDocument { { "_id", IdOf(session, write.Key) }, { Value, value } }) { IsUpsert = true }
            : new DeleteOneModel<BsonDocument>(Is(session, write.Key));

    private static BsonDocument Is(string session, AuthKey key) => new("_id", IdOf(session, key));

    private static BsonDocument IdOf(string session, AuthKey key) => new() { { "s", session }, { "t", key.Type }, { "i", key.Id } };
}
