using HybridStore.Tiers;
using MongoDB.Bson;

namespace HybridStore.MongoDb.Engine;

/// <summary>What stays of a deleted session; all 0: it never lived and was never held.</summary>
internal readonly record struct TombstoneDocument(long Incarnation, long LastVersion, long Epoch)
{
    public static BsonBinaryData Id(AuthSessionId session) => new(SessionNameHash.Compute(session));

    public static bool Is(BsonDocument document) => document["_id"].BsonType == BsonType.Binary;

    public static TombstoneDocument Read(BsonDocument document) =>
        new(document["incarnation"].ToInt64(), document["lastVersion"].ToInt64(), document["epoch"].ToInt64());

    public BsonDocument ToBson(AuthSessionId session) =>
        new() { { "_id", Id(session) }, { "incarnation", Incarnation }, { "lastVersion", LastVersion }, { "epoch", Epoch } };
}
