using HybridStore.MongoDb.Engine;
using HybridStore.MongoDb.Writing;
using MongoDB.Bson;

namespace HybridStore.MongoDb.Reading;

/// <summary>The stages that questions are made of.</summary>
internal static class Stages
{
    /// <summary>The commit ids are the largest part of a session's document, and seldom wanted.</summary>
    public static BsonDocument WithoutCommits { get; } = new("$project", new BsonDocument(SessionDocument.CommitsField, 0));

    public static BsonDocument Match(BsonDocument filter) => new("$match", filter);

    public static BsonDocument Sort(string field = "_id") => new("$sort", new BsonDocument(field, 1));

    public static BsonDocument Limit(int count) => new("$limit", count);

    public static BsonDocument Session(AuthSessionId session) => Match(new BsonDocument("_id", SessionDocument.Id(session)));

    /// <summary>The session, if it exists: what an import is loading is nobody's.</summary>
    public static BsonDocument LivingSession(AuthSessionId session) =>
        Match(new BsonDocument { { "_id", SessionDocument.Id(session) }, { SessionDocument.VersionField, new BsonDocument("$gt", 0L) } });

    public static BsonDocument Tombstone(AuthSessionId session) => Match(new BsonDocument("_id", TombstoneDocument.Id(session)));

    /// <summary>The data keys of a session, from its own document.</summary>
    public static IEnumerable<BsonDocument> DataKeys(string collection) =>
    [
        new("$lookup", new BsonDocument { { "from", collection }, { "localField", SessionDocument.LifeField }, { "foreignField", "_id" }, { "as", "k" } }),
        new("$unwind", "$k"),
        new("$replaceRoot", new BsonDocument("newRoot", "$k")),
    ];
}
