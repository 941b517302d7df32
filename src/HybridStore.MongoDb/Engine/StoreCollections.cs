using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Engine;

/// <summary>
/// The tier's collections. What is read is what a majority has, from the primary; what is written is acknowledged when it is in the journal of a majority.
/// Neither is left to the client's settings: they are what the promises rest on.
/// </summary>
internal sealed class StoreCollections
{
    public StoreCollections(IMongoDatabase database, string prefix)
    {
        Database = database
            .WithReadPreference(ReadPreference.Primary)
            .WithReadConcern(ReadConcern.Majority)
            .WithWriteConcern(WriteConcern.WMajority.With(journal: true));
        Schema = Get("schema");
        Sessions = Get("sessions");
        Records = Get("records");
        DataKeys = Get("data_keys");
        Tombstones = Get("tombstones");
        Purges = Get("purges");
        History = Get("history");
        HistoryLives = Get("history_lives");
        KeyRing = Get("key_ring");

        IMongoCollection<BsonDocument> Get(string name) => Database.GetCollection<BsonDocument>(prefix + name);
    }

    public IMongoDatabase Database { get; }

    /// <summary>One document: which schema this is.</summary>
    public IMongoCollection<BsonDocument> Schema { get; }

    /// <summary>A document for each session: <see cref="Writing.SessionDocument"/>.</summary>
    public IMongoCollection<BsonDocument> Sessions { get; }

    /// <summary>A document for each record: <see cref="RecordDocument"/>.</summary>
    public IMongoCollection<BsonDocument> Records { get; }

    /// <summary>A document for each life of a session with its wrapped data keys. Apart from the rest, so that a backup can leave the keys out.</summary>
    public IMongoCollection<BsonDocument> DataKeys { get; }

    /// <summary>What stays of deleted sessions, for ever, by the hash of their name.</summary>
    public IMongoCollection<BsonDocument> Tombstones { get; }

    /// <summary>Former lives whose records are being removed, a bounded number at a time.</summary>
    public IMongoCollection<BsonDocument> Purges { get; }

    /// <summary>The versions that sessions can be gone back to, and former versions of records: <see cref="HistoryDocument"/>.</summary>
    public IMongoCollection<BsonDocument> History { get; }

    /// <summary>A document for each life that has history, with the session's name: who removes an ended life need not have known of it.</summary>
    public IMongoCollection<BsonDocument> HistoryLives { get; }

    /// <summary>One document: the ring of master keys.</summary>
    public IMongoCollection<BsonDocument> KeyRing { get; }
}
