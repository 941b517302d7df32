using HybridStore.Codec;
using MongoDB.Bson;

namespace HybridStore.MongoDb.Engine;

/// <summary>The wrapped data keys of one life of a session, newest first, under the life's number.</summary>
internal static class DataKeysDocument
{
    public static bool Is(BsonDocument document) => document["_id"].BsonType == BsonType.ObjectId;

    public static BsonDocument Make(ObjectId life, WrappedDataKey key) => new()
    {
        { "_id", life },
        { "keys", new BsonArray { Entry(key) } },
    };

    /// <summary>One of its keys.</summary>
    public static BsonDocument Entry(WrappedDataKey key) => new() { { "k", Number(key.Id) }, { "w", new BsonBinaryData(key.Bytes.ToArray()) } };

    public static IReadOnlyList<WrappedDataKey> Read(BsonDocument document) =>
        [.. document["keys"].AsBsonArray.Select(static key => new WrappedDataKey(Id(key["k"]), key["w"].AsByteArray))];

    /// <summary>Its bits as the signed number that BSON has.</summary>
    public static BsonInt64 Number(DataKeyId id) => new(unchecked((long)id.Value));

    public static DataKeyId Id(BsonValue number) => new(unchecked((ulong)number.ToInt64()));
}
