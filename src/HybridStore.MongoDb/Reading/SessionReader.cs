using HybridStore.MongoDb.Engine;
using HybridStore.MongoDb.Writing;
using HybridStore.Tiers;
using MongoDB.Bson;

namespace HybridStore.MongoDb.Reading;

/// <summary>What the tier's reads ask of the database: each one question, answered from one snapshot.</summary>
internal sealed class SessionReader(MongoDbStore store)
{
    private const int PageRecords = 256;

    private readonly StoreCollections _collections = store.Collections;

    public async Task<ColdRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        var query = new SnapshotQuery(store)
            .Append(_collections.Sessions, 1, withDataKeys ? [Stages.Session(session)] : [Stages.Session(session), Stages.WithoutCommits])
            .Append(_collections.Tombstones, 1, Stages.Tombstone(session));
        if (keys.Count > 0)
        {
            query.Append(
                _collections.Sessions,
                keys.Count,
                [Stages.LivingSession(session), .. RecordDocument.Lookup(NameOf(_collections.Records), keys.Distinct(), withEnvelopes: true)]);
        }

        if (withDataKeys)
            query.Append(_collections.Sessions, 1, [Stages.LivingSession(session), .. Stages.DataKeys(NameOf(_collections.DataKeys))]);
        return Answer(await query.RunAsync(cancellationToken).ConfigureAwait(false), keys, withDataKeys);
    }

    /// <summary>The next records of a session's life, up to a bound.</summary>
    /// <param name="session">The session.</param>
    /// <param name="life">The life that is being enumerated.</param>
    /// <param name="type">Only this type, or <see langword="null"/> for all.</param>
    /// <param name="after">The last record of the page before.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The session as it is now, <see langword="null"/> if it does not exist; the records; whether there may be more.</returns>
    public async Task<(SessionDocument? Session, List<SealedRecord> Records, bool More)> ReadPageAsync(
        AuthSessionId session, ObjectId life, string? type, AuthKey? after, CancellationToken cancellationToken)
    {
        var (answer, isAll) = await new SnapshotQuery(store)
            .Append(_collections.Sessions, 1, Stages.LivingSession(session), Stages.WithoutCommits)
            .Append(_collections.Records, PageRecords, Stages.Match(RecordDocument.Range(life, type, after)), Stages.Sort(), Stages.Limit(PageRecords))
            .RunUntilAsync(RecordDocument.Is, cancellationToken).ConfigureAwait(false);
        var found = answer.Find(SessionDocument.Is) is { } document ? SessionDocument.Read(document) : null;
        var records = answer.Where(RecordDocument.Is).Select(RecordDocument.Read).ToList();
        return (found, records, !isAll || records.Count == PageRecords);
    }

    public async Task<SessionDocument?> FindAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        var answer = await new SnapshotQuery(store)
            .Append(_collections.Sessions, 1, Stages.LivingSession(session), Stages.WithoutCommits).RunAsync(cancellationToken).ConfigureAwait(false);
        return answer.Count == 0 ? null : SessionDocument.Read(answer[0]);
    }

    /// <summary>The counts of a session whose life is known already.</summary>
    /// <returns><see langword="null"/>: it is over meanwhile.</returns>
    public async Task<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?> SummarizeAsync(AuthSessionId session, ObjectId life, CancellationToken cancellationToken)
    {
        const int UsualTypes = 32;
        var answer = await new SnapshotQuery(store)
            .Append(_collections.Sessions, 1, Stages.LivingSession(session), Stages.WithoutCommits)
            .Append(_collections.Records, UsualTypes, [Stages.Match(RecordDocument.Range(life, type: null, after: null)), .. RecordDocument.Summary()])
            .RunAsync(cancellationToken).ConfigureAwait(false);
        if (answer.Count == 0 || !SessionDocument.Is(answer[0]) || SessionDocument.Read(answer[0]) is not { } found || found.Life != life)
            return null;
        return (found.ToHeadOrHeld(), [.. answer.Skip(1).Select(static type => new AuthTypeSummary(type["_id"].AsString, type["records"].ToInt64(), type["bytes"].ToInt64()))]);
    }

    /// <summary>The next sessions in order.</summary>
    /// <param name="filter">Which, after the last one.</param>
    /// <param name="order">By which fields.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task<List<ColdSession>> ListAsync(BsonDocument filter, BsonDocument order, int limit, CancellationToken cancellationToken)
    {
        var answer = await new SnapshotQuery(store)
            .Append(_collections.Sessions, limit, Stages.Match(filter), new BsonDocument("$sort", order), Stages.Limit(limit), Stages.WithoutCommits)
            .RunAsync(cancellationToken).ConfigureAwait(false);
        return [.. answer.Select(static document => new ColdSession(SessionDocument.SessionOf(document), SessionDocument.Read(document).ToHeadOrHeld()))];
    }

    private static ColdRead Answer(List<BsonDocument> documents, IReadOnlyList<AuthKey> keys, bool withDataKeys)
    {
        var session = documents.Find(SessionDocument.Is) is { } document ? SessionDocument.Read(document) : null;
        var tombstone = documents.Find(TombstoneDocument.Is) is { } ended ? TombstoneDocument.Read(ended) : default;
        var found = documents.Where(RecordDocument.Is).Select(RecordDocument.Read).ToDictionary(static record => record.Key);
        return new ColdRead
        {
            Head = session?.ToHead(),
            LastEndedIncarnation = session?.LastEndedIncarnation ?? tombstone.Incarnation,
            Records = [.. keys.Select(key => found.TryGetValue(key, out var record) ? record : SealedRecord.Absent(key))],
            DataKeys = withDataKeys && documents.Find(DataKeysDocument.Is) is { } dataKeys ? DataKeysDocument.Read(dataKeys) : [],
            Commits = withDataKeys && session is { Exists: true } ? session.Commits : [],
        };
    }

    private static string NameOf(MongoDB.Driver.IMongoCollection<BsonDocument> collection) => collection.CollectionNamespace.CollectionName;
}
