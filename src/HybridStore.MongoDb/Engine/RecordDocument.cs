using HybridStore.Tiers;
using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Engine;

/// <summary>
/// A record's document. Its id begins with the life of the session that it belongs to, a number that no other life of any session has: what an earlier life or an
/// import that was given up has left is under another one, and nobody reaches it. Then come type and id, so that ranges of ids are sessions and
/// types, in the order of their UTF-8 bytes, in which MongoDB compares strings.
/// </summary>
internal static class RecordDocument
{
    private const string Life = "s";
    private const string Type = "t";
    private const string Name = "i";
    private const string Version = "v";
    private const string Envelope = "e";

    public static BsonDocument Id(ObjectId life, AuthKey key) => new() { { Life, life }, { Type, key.Type }, { Name, key.Id } };

    public static BsonDocument Make(ObjectId life, AuthKey key, long version, ReadOnlyMemory<byte> envelope) =>
        new() { { "_id", Id(life, key) }, { Version, version }, { Envelope, new BsonBinaryData(envelope.ToArray()) } };

    /// <summary>The update that replaces a record's envelope, if it is still of its version.</summary>
    public static UpdateOneModel<BsonDocument> Replace(ObjectId life, SealedRecord record) => new(
        new BsonDocument { { "_id", Id(life, record.Key) }, { Version, record.Version } },
        new BsonDocument("$set", new BsonDocument(Envelope, new BsonBinaryData(record.Envelope.ToArray()))));

    public static bool Is(BsonDocument document) => document["_id"] is BsonDocument id && id.Contains(Life);

    public static AuthKey KeyOf(BsonDocument document)
    {
        var id = document["_id"].AsBsonDocument;
        return new AuthKey(id[Type].AsString, id[Name].AsString);
    }

    public static long VersionOf(BsonDocument document) => document[Version].ToInt64();

    public static SealedRecord Read(BsonDocument document) => new(KeyOf(document), VersionOf(document), document[Envelope].AsByteArray);

    /// <summary>All records of a life, or those of one type, that come after one of them.</summary>
    public static BsonDocument Range(ObjectId life, string? type, AuthKey? after) => new("_id", new BsonDocument
    {
        { "$gt", after is { } key ? Id(life, key) : type is null ? new BsonDocument(Life, life) : new BsonDocument { { Life, life }, { Type, type } } },
        { "$lt", type is null ? new BsonDocument { { Life, life }, { Type, BsonMaxKey.Value } } : new BsonDocument { { Life, life }, { Type, type }, { Name, BsonMaxKey.Value } } },
    });

    /// <summary>The stages that find records of a session, from its own document.</summary>
    /// <remarks>The life is known only to the server then, which therefore puts the ids together. Names are literals: one may begin with a dollar sign.</remarks>
    public static IEnumerable<BsonDocument> Lookup(string records, IEnumerable<AuthKey> keys, bool withEnvelopes)
    {
        var names = new BsonArray(keys.Select(static key => new BsonDocument { { Type, key.Type }, { Name, key.Id } }));
        var id = new BsonDocument { { Life, $"${Writing.SessionDocument.LifeField}" }, { Type, $"$$this.{Type}" }, { Name, $"$$this.{Name}" } };
        yield return new BsonDocument("$project", new BsonDocument(
            "ids", new BsonDocument("$map", new BsonDocument { { "input", new BsonDocument("$literal", names) }, { "in", id } })));
        yield return new BsonDocument("$lookup", new BsonDocument { { "from", records }, { "localField", "ids" }, { "foreignField", "_id" }, { "as", "r" } });

        // Right behind the lookup: the server then gives one after the other, and never makes one document of them all, which might be too large.
        yield return new BsonDocument("$unwind", "$r");
        yield return new BsonDocument("$replaceRoot", new BsonDocument("newRoot", "$r"));
        if (!withEnvelopes)
            yield return new BsonDocument("$project", new BsonDocument(Version, 1));
    }

    /// <summary>The stages that count records and bytes by type, in order.</summary>
    public static IEnumerable<BsonDocument> Summary() =>
    [
        new("$group", new BsonDocument
        {
            { "_id", $"$_id.{Type}" },
            { "records", new BsonDocument("$sum", 1L) },
            { "bytes", new BsonDocument("$sum", new BsonDocument("$toLong", new BsonDocument("$binarySize", $"${Envelope}"))) },
        }),
        new("$sort", new BsonDocument("_id", 1)),
    ];
}
