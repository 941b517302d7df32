using HybridStore.Tiers;
using MongoDB.Bson;

namespace HybridStore.MongoDb.Engine;

/// <summary>
/// The documents of history: a version that can be gone back to, and a record as it was until a version replaced it. Their ids begin with the session's life, as those of
/// records do; a number follows in the former, a type in the latter, so that both are ranges.
/// </summary>
internal static class HistoryDocument
{
    public const string NeedlessField = "n";
    public const string AtField = "a";
    public const string TooOldField = "tooOld";
    private const string Life = "s";
    private const string Version = "v";
    private const string Type = "t";
    private const string Name = "i";
    private const string ReplacedBy = "r";
    private const string Envelope = "e";
    private const string Changes = "c";
    private const string Bytes = "b";

    /// <summary>The fields by which what no version needs any more is found.</summary>
    public static BsonDocument Index { get; } = new() { { $"_id.{Life}", 1 }, { NeedlessField, 1 } };

    /// <summary>Leaves of a former version what a list tells.</summary>
    public static BsonDocument WithoutEnvelope { get; } = new("$project", new BsonDocument
    {
        { Version, 1 }, { AtField, 1 }, { Bytes, new BsonDocument("$binarySize", $"${Envelope}") },
    });

    public static BsonDocument Make(ObjectId life, AuthHistoryVersion version) => new()
    {
        { "_id", new BsonDocument { { Life, life }, { Version, version.Version } } },
        { NeedlessField, version.Version + 1 },
        { AtField, ServerTime.Write(version.At) },
        { Changes, version.Changes },
        { Bytes, version.StoredBytes },
    };

    public static BsonDocument Make(ObjectId life, SealedRecord former, AuthHistoryVersion replacedBy) => new()
    {
        { "_id", new BsonDocument { { Life, life }, { Type, former.Key.Type }, { Name, former.Key.Id }, { ReplacedBy, replacedBy.Version } } },
        { NeedlessField, replacedBy.Version },
        { AtField, ServerTime.Write(replacedBy.At) },
        { Version, former.Version },
        { Envelope, new BsonBinaryData(former.Envelope.ToArray()) },
    };

    public static bool IsVersion(BsonDocument document) => document.GetValue("_id", BsonNull.Value) is BsonDocument id && id.Contains(Version);

    public static bool IsFormer(BsonDocument document) => document.GetValue("_id", BsonNull.Value) is BsonDocument id && id.Contains(ReplacedBy);

    public static AuthHistoryVersion ReadVersion(BsonDocument document) =>
        new(VersionOf(document), ServerTime.Read(document[AtField]), document[Changes].ToInt32(), document[Bytes].ToInt64());

    public static long VersionOf(BsonDocument document) => document["_id"][Version].ToInt64();

    public static AuthKey KeyOf(BsonDocument document) => new(document["_id"][Type].AsString, document["_id"][Name].AsString);

    public static long ReplacedByOf(BsonDocument document) => document["_id"][ReplacedBy].ToInt64();

    public static AuthRecordVersion ReadFormer(BsonDocument document) =>
        new(document[Version].ToInt64(), ReplacedByOf(document), ServerTime.Read(document[AtField]), document[Bytes].ToInt64());

    public static SealedRecord ReadRecord(BsonDocument document) => new(KeyOf(document), document[Version].ToInt64(), document[Envelope].AsByteArray);

    /// <summary>The versions of a life between two, without them.</summary>
    public static BsonDocument Versions(ObjectId life, long above, long below) =>
        Between(new BsonDocument { { Life, life }, { Version, above } }, new BsonDocument { { Life, life }, { Version, below } });

    /// <summary>The former versions of a record that were replaced between two versions, without them.</summary>
    public static BsonDocument Of(ObjectId life, AuthKey key, long above, long below) => Between(Id(life, key, above), Id(life, key, below));

    /// <summary>The records that a life had at a version and that were replaced since, after one of them.</summary>
    public static BsonDocument ReplacedSince(ObjectId life, long version, AuthKey? after)
    {
        var from = after is { } key ? Id(life, key, BsonMaxKey.Value) : new BsonDocument { { Life, life }, { Type, "" } };
        return Between(from, new BsonDocument { { Life, life }, { Type, BsonMaxKey.Value } })
            .Add(Version, new BsonDocument("$lte", version))
            .Add($"_id.{ReplacedBy}", new BsonDocument("$gt", version));
    }

    /// <summary>What a life keeps that no version from one on needs.</summary>
    public static BsonDocument Needless(ObjectId life, long oldest) => new() { { $"_id.{Life}", life }, { NeedlessField, new BsonDocument("$lte", oldest) } };

    /// <summary>The stages that find which version history can no longer begin before, where no record may have more than so many former versions.</summary>
    /// <param name="life">The life.</param>
    /// <param name="keys">The records that are about to have one more.</param>
    /// <param name="most">How many there may be.</param>
    /// <returns>One document with <see cref="TooOldField"/>, or none.</returns>
    public static IEnumerable<BsonDocument> TooOld(ObjectId life, IEnumerable<AuthKey> keys, int most) =>
    [
        new("$match", new BsonDocument("$or", new BsonArray(keys.Select(key => Of(life, key, 0, long.MaxValue))))),
        new("$project", new BsonDocument("_id", 1)),
        new("$sort", new BsonDocument("_id", -1)),
        new("$group", new BsonDocument
        {
            { "_id", new BsonDocument { { Type, $"$_id.{Type}" }, { Name, $"$_id.{Name}" } } },
            { ReplacedBy, new BsonDocument("$push", $"$_id.{ReplacedBy}") },
        }),
        new("$project", new BsonDocument(TooOldField, new BsonDocument("$arrayElemAt", new BsonArray { $"${ReplacedBy}", most - 1 }))),
        new("$match", new BsonDocument(TooOldField, new BsonDocument("$gt", 0L))),
        new("$sort", new BsonDocument(TooOldField, -1)),
        new("$limit", 1),
    ];

    private static BsonDocument Id(ObjectId life, AuthKey key, BsonValue replacedBy) =>
        new() { { Life, life }, { Type, key.Type }, { Name, key.Id }, { ReplacedBy, replacedBy } };

    private static BsonDocument Between(BsonDocument above, BsonDocument below) => new("_id", new BsonDocument { { "$gt", above }, { "$lt", below } });
}
