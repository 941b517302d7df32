using HybridStore.MongoDb.Engine;
using HybridStore.MongoDb.Reading;
using HybridStore.Tiers;
using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Writing;

/// <summary>What one commit means to history: what it keeps of the records that it replaces, where history begins afterwards, and what is removed of what was let go before.</summary>
internal sealed class HistoryStep
{
    // Far more than one commit adds, so that what is left over is caught up with.
    private const int MaxRemoved = 256;
    private const int MaxSteps = 64;

    // An aggregation's names have room in a document.
    private const int MaxKeys = 5_000;

    /// <summary>What a transaction keeps that replaces nothing.</summary>
    public static readonly IReadOnlySet<AuthKey> NoKeys = new HashSet<AuthKey>();

    private readonly AuthHistoryVersion? _before;
    private readonly AuthHistoryVersion? _after;
    private readonly long _version;
    private readonly IReadOnlyList<SealedRecord> _replaced;
    private BsonArray _needless = [];
    private long _oldest;

    private HistoryStep(SessionState state, CommitPlan plan, IReadOnlyList<string> exceptTypes)
    {
        var session = state.Document;
        _version = plan.Version;
        _replaced = state.Kept;
        Begins = !session.HasHistory;
        if (Begins && session.Exists)
            _before = new AuthHistoryVersion(session.Version, session.UpdatedAt, Changes: 0, StoredBytes: 0);
        _oldest = !Begins ? session.HistoryOldest : session.Exists ? session.Version : plan.Version;

        var existed = state.Kept.Select(static record => record.Key).ToHashSet();
        var changes = plan.Changes.Select(static change => change.Change)
            .Where(change => !exceptTypes.Contains(change.Key.Type) && (change.Envelope is not null || existed.Contains(change.Key))).ToList();
        if (changes.Count > 0 || !session.Exists)
            _after = new AuthHistoryVersion(plan.Version, state.Now, changes.Count, changes.Sum(static change => (long)(change.Envelope?.Length ?? 0)));
    }

    /// <summary>Whether there is no history that reaches up to the commit.</summary>
    public bool Begins { get; }

    /// <summary>The records that a commit keeps if it replaces them.</summary>
    public static IReadOnlySet<AuthKey> KeptKeys(ColdCommit commit) => commit.History is not { } retention
        ? NoKeys
        : commit.Patches.SelectMany(static patch => patch.Changes).Select(static change => change.Key).Where(key => !retention.ExceptTypes.Contains(key.Type)).ToHashSet();

    /// <summary>Finds out what a commit means, before anything is written.</summary>
    public static async Task<HistoryStep> PrepareAsync(
        MongoDbStore store, IClientSessionHandle transaction, SessionState state, CommitPlan plan, ColdHistoryRetention retention, CancellationToken deadline)
    {
        var step = new HistoryStep(state, plan, retention.ExceptTypes);
        if (state.Document.Exists && (retention.Period is not null || step._replaced.Count > 0))
            await step.BoundAsync(store, transaction, state, retention, deadline).ConfigureAwait(false);
        return step;
    }

    /// <summary>Notes in the session's document how far history reaches.</summary>
    public void Advance(SessionDocument session) => (session.HistoryThrough, session.HistoryOldest) = (_version, _oldest);

    /// <summary>What is written to the collection of history.</summary>
    public IEnumerable<WriteModel<BsonDocument>> Writes(ObjectId life)
    {
        // It may be there from before a library that knows nothing of history wrote the session's document.
        if (_before is not null && HistoryDocument.Make(life, _before) is var before)
            yield return new ReplaceOneModel<BsonDocument>(new BsonDocument("_id", before["_id"]), before) { IsUpsert = true };
        if (_after is not null)
        {
            yield return new InsertOneModel<BsonDocument>(HistoryDocument.Make(life, _after));
            foreach (var record in _replaced)
                yield return new InsertOneModel<BsonDocument>(HistoryDocument.Make(life, record, _after));
        }

        if (_needless.Count > 0)
            yield return new DeleteManyModel<BsonDocument>(new BsonDocument("_id", new BsonDocument("$in", _needless)));
    }

    private async Task BoundAsync(MongoDbStore store, IClientSessionHandle transaction, SessionState state, ColdHistoryRetention retention, CancellationToken deadline)
    {
        const string Needless = "needless";
        var (life, history) = (state.Document.Life, store.Collections.History);
        SnapshotQuery? query = new SnapshotQuery(store).Append(
            history,
            MaxRemoved,
            Stages.Match(HistoryDocument.Needless(life, _oldest)),
            Stages.Sort(HistoryDocument.NeedlessField),
            Stages.Limit(MaxRemoved),
            new BsonDocument("$project", new BsonDocument { { "_id", 0 }, { Needless, "$_id" } }));
        if (retention.Period is not null)
            query.Append(history, MaxSteps, Stages.Match(HistoryDocument.Versions(life, _oldest, long.MaxValue)), Stages.Sort(), Stages.Limit(MaxSteps));
        var answer = new List<BsonDocument>();
        var keys = retention.MaxVersions is null ? [] : _replaced.Select(static record => record.Key).Chunk(MaxKeys).ToList();
        for (int i = 0; i < Math.Max(1, keys.Count); i++)
        {
            query ??= new SnapshotQuery(store);
            if (i < keys.Count)
                query.Append(history, 1, HistoryDocument.TooOld(life, keys[i], retention.MaxVersions!.Value));
            answer.AddRange(await query.RunAsync(transaction, deadline).ConfigureAwait(false));
            query = null;
        }

        _needless = new BsonArray(answer.Where(static found => found.Contains(Needless)).Select(static found => found[Needless]));
        if (retention.Period is { } period)
        {
            // The newest version that is as old as the period: how the session was when it began.
            foreach (var version in answer.Where(HistoryDocument.IsVersion).Select(HistoryDocument.ReadVersion).TakeWhile(version => version.At <= state.Now - period))
                _oldest = Math.Max(_oldest, version.Version);
        }

        foreach (var found in answer.Where(static found => found.Contains(HistoryDocument.TooOldField)))
            _oldest = Math.Max(_oldest, found[HistoryDocument.TooOldField].ToInt64());
    }
}
