using HybridStore.MongoDb.Writing;
using MongoDB.Bson;

namespace HybridStore.MongoDb.Engine;

/// <summary>The note that a life has history. A library that knows nothing of history removes the records of an ended life and no more; the note tells what it left.</summary>
internal static class HistoryLife
{
    private const string Session = "session";
    private const string Found = "found";

    public static BsonDocument Make(ObjectId life, AuthSessionId session) => new() { { "_id", life }, { Session, SessionDocument.Id(session) } };

    /// <summary>The stages that find notes of lives that have ended.</summary>
    public static IEnumerable<BsonDocument> Ended(string sessions, int limit) =>
    [
        new("$lookup", new BsonDocument { { "from", sessions }, { "localField", Session }, { "foreignField", "_id" }, { "as", Found } }),
        new("$match", new BsonDocument("$expr", new BsonDocument("$not", new BsonArray
        {
            new BsonDocument("$in", new BsonArray { "$_id", $"${Found}.{SessionDocument.LifeField}" }),
        }))),
        new("$limit", limit),
        new("$project", new BsonDocument("_id", 1)),
    ];
}
