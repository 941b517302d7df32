using HybridStore.MongoDb.Engine;
using HybridStore.MongoDb.Writing;
using HybridStore.Tiers;
using MongoDB.Bson;

namespace HybridStore.MongoDb.Reading;

/// <summary>What is asked of history, a page at a time, each from one snapshot with the session's document, which says how far history reaches.</summary>
internal sealed class HistoryReader(MongoDbStore store)
{
    private const int PageDocuments = 256;

    /// <summary>The next versions below one, newest first; fewer than asked for: there are no more.</summary>
    public async Task<(List<AuthHistoryVersion> Page, bool More)> VersionsAsync(
        AuthSessionId session, ObjectId life, long below, CancellationToken cancellationToken)
    {
        var (oldest, found) = await PageAsync(session, life, HistoryDocument.Versions(life, 0, below), isNewestFirst: true, [], cancellationToken).ConfigureAwait(false);
        var page = found.Documents.Select(HistoryDocument.ReadVersion).TakeWhile(version => version.Version >= oldest).ToList();
        return (page, page.Count == PageDocuments);
    }

    /// <summary>The next former versions of a record that were replaced below a version, newest first.</summary>
    public async Task<(List<AuthRecordVersion> Page, bool More)> VersionsAsync(
        AuthSessionId session, ObjectId life, AuthKey key, long below, CancellationToken cancellationToken)
    {
        var filter = HistoryDocument.Of(life, key, 0, below);
        var (oldest, found) = await PageAsync(session, life, filter, isNewestFirst: true, [HistoryDocument.WithoutEnvelope], cancellationToken).ConfigureAwait(false);
        var page = found.Documents.Select(HistoryDocument.ReadFormer).TakeWhile(version => version.ReplacedBy > oldest).ToList();
        return (page, page.Count == PageDocuments);
    }

    /// <summary>The next records, after one, that were there at a version and were replaced since. The server bounds their bytes.</summary>
    public async Task<(List<SealedRecord> Page, bool More)> ReplacedAsync(
        AuthSessionId session, ObjectId life, long version, AuthKey? after, CancellationToken cancellationToken)
    {
        var filter = HistoryDocument.ReplacedSince(life, version, after);
        var (oldest, found) = await PageAsync(session, life, filter, isNewestFirst: false, [], cancellationToken).ConfigureAwait(false);
        return oldest > version ? ([], false) : ([.. found.Documents.Select(HistoryDocument.ReadRecord)], found.More);
    }

    /// <returns>Where history begins, and the documents; nothing, where history does not reach up to now or the life has ended.</returns>
    private async Task<(long Oldest, (List<BsonDocument> Documents, bool More) Found)> PageAsync(
        AuthSessionId session, ObjectId life, BsonDocument filter, bool isNewestFirst, IEnumerable<BsonDocument> stages, CancellationToken cancellationToken)
    {
        var order = new BsonDocument("$sort", new BsonDocument("_id", isNewestFirst ? -1 : 1));
        var (answer, isAll) = await new SnapshotQuery(store)
            .Append(store.Collections.Sessions, 1, Stages.LivingSession(session), Stages.WithoutCommits)
            .Append(store.Collections.History, PageDocuments, [Stages.Match(filter), order, Stages.Limit(PageDocuments), .. stages])
            .RunUntilAsync(static document => HistoryDocument.IsFormer(document), cancellationToken).ConfigureAwait(false);
        if (answer.Count == 0 || !SessionDocument.Is(answer[0]) || SessionDocument.Read(answer[0]) is not { HasHistory: true } found || found.Life != life)
            return (long.MaxValue, ([], false));
        var documents = answer.GetRange(1, answer.Count - 1);
        return (found.HistoryOldest, (documents, !isAll || documents.Count == PageDocuments));
    }
}
