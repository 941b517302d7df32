using HybridStore.Codec;
using HybridStore.MongoDb.Engine;
using HybridStore.Tiers;
using MongoDB.Bson;

namespace HybridStore.MongoDb.Writing;

/// <summary>
/// A session's own document in a transaction's hands. Version 0: the session does not exist; the document is there for a lease, or an import that is loading, and
/// its incarnation is then the last life that ended.
/// </summary>
internal sealed class SessionDocument
{
    public const string LifeField = "life";
    public const string VersionField = "version";
    public const string EpochField = "epoch";
    public const string AheadField = "ahead";
    public const string HolderField = "holder";
    public const string UntilField = "until";
    public const string UpdatedField = "updated";
    public const string CommitsField = "commits";
    public const string LoadingField = "loading";
    private const string HistoryOldestField = "historyOldest";
    private const string HistoryThroughField = "historyThrough";
    private const string IncarnationField = "incarnation";
    private const string RolledBackField = "rolledBack";
    private const string DataKeyField = "dataKey";
    private const string CreatedField = "created";
    private const string TenantPart = "t";
    private const string SessionPart = "n";

    private readonly BsonDocument _id;
    private readonly BsonDocument? _guard;

    private SessionDocument(BsonDocument id, BsonDocument? guard) => (_id, _guard) = (id, guard);

    /// <summary>Whether it is not in the collection yet.</summary>
    public bool IsNew => _guard is null;

    /// <summary>Finds the document if it still is as it was read.</summary>
    public BsonDocument Guard => _guard ?? throw new InvalidOperationException("The document is new.");

    /// <summary>The number under which this life's records are; another one for each life and each import.</summary>
    public ObjectId Life { get; set; }

    /// <summary>The living incarnation, or, if the session does not exist, the last that ended.</summary>
    public long Incarnation { get; set; }

    public long Version { get; set; }

    public long Epoch { get; set; }

    public long AheadEpoch { get; set; }

    /// <summary>The rollback mark.</summary>
    public long RolledBackAt { get; set; }

    public DataKeyId DataKey { get; set; }

    /// <summary>Whether an import is writing records under <see cref="Life"/>.</summary>
    public bool Loading { get; set; }

    public string? LeaseHolder { get; set; }

    public DateTimeOffset LeaseUntil { get; set; } = DateTimeOffset.UnixEpoch;

    public DateTimeOffset CreatedAt { get; set; } = DateTimeOffset.UnixEpoch;

    public DateTimeOffset UpdatedAt { get; set; } = DateTimeOffset.UnixEpoch;

    /// <summary>The version up to which the life's history is complete; 0: it has none. Below the version: a commit that keeps no history came after it.</summary>
    public long HistoryThrough { get; set; }

    /// <summary>The oldest version that can be gone back to.</summary>
    public long HistoryOldest { get; set; }

    /// <summary>The commits that are remembered, in order of their versions.</summary>
    public List<CommitMark> Commits { get; } = [];

    public bool Exists => Version > 0;

    /// <summary>Whether nothing is missing in its history up to now.</summary>
    public bool HasHistory => Exists && HistoryThrough == Version;

    /// <summary>The life that a commit may write: the living one, or the one that it would create.</summary>
    public long CommitIncarnation => Exists ? Incarnation : Incarnation + 1;

    /// <summary>The last life that ended.</summary>
    public long LastEndedIncarnation => Exists ? Incarnation - 1 : Incarnation;

    public static BsonDocument Id(AuthSessionId session) => Id(session.Tenant, session.Session);

    public static BsonDocument Id(string tenant, BsonValue session) => new() { { TenantPart, tenant }, { SessionPart, session } };

    public static AuthSessionId SessionOf(BsonDocument document) =>
        new(document["_id"][TenantPart].AsString, document["_id"][SessionPart].AsString);

    public static bool Is(BsonDocument document) => document["_id"] is BsonDocument id && id.Contains(SessionPart);

    /// <summary>The session's document, which is not there yet, and goes on where its tombstone says.</summary>
    public static SessionDocument New(AuthSessionId session, TombstoneDocument tombstone) =>
        new(Id(session), guard: null) { Life = ObjectId.GenerateNewId(), Incarnation = tombstone.Incarnation, Epoch = tombstone.Epoch };

    public static SessionDocument Read(BsonDocument document)
    {
        var id = document["_id"].AsBsonDocument;
        var guard = new BsonDocument
        {
            { "_id", id }, { LifeField, document[LifeField] }, { VersionField, document[VersionField] }, { EpochField, document[EpochField] },
        };
        var read = new SessionDocument(id, guard)
        {
            Life = document[LifeField].AsObjectId,
            Incarnation = document[IncarnationField].ToInt64(),
            Version = document[VersionField].ToInt64(),
            Epoch = document[EpochField].ToInt64(),
            AheadEpoch = document[AheadField].ToInt64(),
            RolledBackAt = document[RolledBackField].ToInt64(),
            DataKey = DataKeysDocument.Id(document[DataKeyField]),
            Loading = document[LoadingField].ToBoolean(),
            LeaseHolder = document[HolderField] is BsonString holder ? holder.Value : null,
            LeaseUntil = ServerTime.Read(document[UntilField]),
            CreatedAt = ServerTime.Read(document[CreatedField]),
            UpdatedAt = ServerTime.Read(document[UpdatedField]),
            HistoryThrough = document.GetValue(HistoryThroughField, 0L).ToInt64(),
            HistoryOldest = document.GetValue(HistoryOldestField, 0L).ToInt64(),
        };

        // A read that does not ask for them leaves them out. They are remembered for a number of versions, of which some may have been skipped.
        if (document.TryGetValue(CommitsField, out var commits))
        {
            read.Commits.AddRange(commits.AsBsonArray
                .Select(static mark => new CommitMark(new CommitId(mark["c"].AsGuid), mark["v"].ToInt64()))
                .Where(mark => mark.Version > read.Version - AuthLimits.RememberedCommits));
        }

        return read;
    }

    public BsonDocument ToBson() => new()
    {
        { "_id", _id },
        { LifeField, Life },
        { IncarnationField, Incarnation },
        { VersionField, Version },
        { EpochField, Epoch },
        { AheadField, AheadEpoch },
        { RolledBackField, RolledBackAt },
        { DataKeyField, DataKeysDocument.Number(DataKey) },
        { LoadingField, Loading },
        { HolderField, LeaseHolder is null ? BsonNull.Value : LeaseHolder },
        { UntilField, ServerTime.Write(LeaseUntil) },
        { CreatedField, ServerTime.Write(CreatedAt) },
        { UpdatedField, ServerTime.Write(UpdatedAt) },
        { CommitsField, Marks(Commits) },
        { HistoryThroughField, HistoryThrough, HistoryThrough != 0 },
        { HistoryOldestField, HistoryOldest, HistoryThrough != 0 },
    };

    /// <summary>What an ordinary commit changes, and nothing else, so that the server's log carries only that.</summary>
    public BsonDocument Advance(IEnumerable<CommitMark> made) => new()
    {
        {
            "$set", new BsonDocument
            {
                { VersionField, Version },
                { UpdatedField, ServerTime.Write(UpdatedAt) },
                { RolledBackField, RolledBackAt },
                { HistoryThroughField, HistoryThrough, HistoryThrough == Version },
                { HistoryOldestField, HistoryOldest, HistoryThrough == Version },
            }
        },
        {
            "$push", new BsonDocument(CommitsField, new BsonDocument { { "$each", Marks(made) }, { "$slice", -AuthLimits.RememberedCommits } })
        },
    };

    /// <summary>The version that a commit made; 0: it is not remembered.</summary>
    public long FindMade(CommitId id)
    {
        if (Exists)
        {
            foreach (var mark in Commits)
            {
                if (mark.Id == id)
                    return mark.Version;
            }
        }

        return 0;
    }

    public bool IsLeased(DateTimeOffset now) => LeaseHolder is not null && LeaseUntil > now;

    /// <summary>Whether only the lease's holder may write: it is alive, or what it queued is not here yet.</summary>
    public bool NeedsEpoch(DateTimeOffset now) => IsLeased(now) || AheadEpoch != 0;

    /// <summary>Whether a lease is not granted: it is held, or known to live on elsewhere, or it may not be taken while commits are queued.</summary>
    public bool Refuses(LeaseRequest request, DateTimeOffset now)
    {
        if (Epoch != 0 && Epoch == request.DeadEpoch)
            return false;
        bool isHeld = IsLeased(now) || (AheadEpoch != 0 && Epoch == request.LiveEpoch);
        return (isHeld && LeaseHolder != request.Holder) || (request.RefusesAhead && AheadEpoch != 0);
    }

    /// <summary>
    /// Ends a lease that ran out, because somebody writes without one: the holder, should it come back, knows nothing of that write, so its epoch must not
    /// be good any more.
    /// </summary>
    /// <returns>Whether there was one.</returns>
    public bool EndLeaseThatRanOut()
    {
        if (LeaseHolder is null)
            return false;
        LeaseHolder = null;
        LeaseUntil = DateTimeOffset.UnixEpoch;
        Epoch++;
        return true;
    }

    public SessionHead? ToHead() => Exists ? ToHeadOrHeld() : null;

    /// <summary>The same of a session that is held and was not created yet, at version 0, as leases are listed.</summary>
    public SessionHead ToHeadOrHeld() => new()
    {
        Incarnation = Incarnation,
        Version = Version,
        Epoch = Epoch,
        AheadEpoch = AheadEpoch,
        RolledBackAt = RolledBackAt,
        CreatedAt = CreatedAt,
        UpdatedAt = UpdatedAt,
    };

    private static BsonArray Marks(IEnumerable<CommitMark> marks) =>
        new(marks.Select(static mark => new BsonDocument { { "c", new BsonBinaryData(mark.Id.Value, GuidRepresentation.Standard) }, { "v", mark.Version } }));
}
