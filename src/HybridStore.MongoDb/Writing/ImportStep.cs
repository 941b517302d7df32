using HybridStore.MongoDb.Engine;
using HybridStore.Tiers;
using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Writing;

/// <summary>A part of an import: the first makes a document that nobody sees, the last makes it the session.</summary>
/// <param name="store">The store.</param>
/// <param name="import">The import.</param>
/// <param name="life">The number under which its records are.</param>
/// <param name="records">The part's records, each key once.</param>
/// <param name="isFirst">Whether nothing was written yet.</param>
/// <param name="isLast">Whether nothing comes after it.</param>
internal sealed class ImportStep(MongoDbStore store, ColdImport import, ObjectId life, IReadOnlyList<SealedChange> records, bool isFirst, bool isLast)
{
    private bool _tried;

    /// <summary>Whether it has left records of another import that was given up.</summary>
    public bool LeavesPurge { get; private set; }

    /// <returns>Why the import ends, and whether it came to its good end; <see langword="null"/>: it goes on.</returns>
    public async Task<(ColdImportResult? Result, bool Keep)> RunAsync(IClientSessionHandle transaction, CancellationToken deadline)
    {
        var state = await SessionState.ReadAsync(store, transaction, import.Session, deadline).ConfigureAwait(false);
        if (Refuse(state) is { } refusal)
            return (refusal, false);
        if (_tried && !isLast && await IsThereAsync(transaction, deadline).ConfigureAwait(false))
            return (null, false);
        _tried = true;
        return await WriteAsync(new SessionWriter(store, transaction, deadline), state).ConfigureAwait(false);
    }

    private ColdImportResult? Refuse(SessionState state)
    {
        var document = state.Document;
        if (document.Exists)
        {
            // The same import, again: of the caller, or of ours after an outcome that was not known.
            bool isRepeat = (isFirst || _tried) && document.Incarnation == import.Incarnation && document.FindMade(import.CommitId) == 1;
            return Refusal(document, isRepeat ? ColdCommitStatus.Committed : ColdCommitStatus.Conflict);
        }

        if (import.Incarnation != document.CommitIncarnation)
            return Refusal(document, ColdCommitStatus.IncarnationEnded);
        if (!isFirst && (!document.Loading || document.Life != life))
            return Refusal(document, ColdCommitStatus.Conflict);
        return document.NeedsEpoch(state.Now) ? Refusal(document, ColdCommitStatus.Fenced) : null;
    }

    // Of an attempt whose outcome was not known: all of the part, or nothing.
    private async Task<bool> IsThereAsync(IClientSessionHandle transaction, CancellationToken deadline)
    {
        var filter = new BsonDocument("_id", RecordDocument.Id(life, records[0].Key));
        return await store.Collections.Records.Find(transaction, filter).AnyAsync(deadline).ConfigureAwait(false);
    }

    private async Task<(ColdImportResult? Result, bool Keep)> WriteAsync(SessionWriter writer, SessionState state)
    {
        var document = state.Document;
        if (isFirst)
        {
            if (document.Life != life)
                LeavesPurge |= await writer.TakeOverIfLoadingAsync(document).ConfigureAwait(false);
            document.Life = life;
            document.Loading = true;
            document.CreatedAt = state.Now;
        }

        document.UpdatedAt = state.Now;
        if (isLast)
            Publish(document, state.Now);
        await writer.SaveAsync(document).ConfigureAwait(false);
        if (isLast)
            await writer.AddDataKeyAsync(DataKeysDocument.Make(life, import.DataKey)).ConfigureAwait(false);
        if (await InsertAsync(writer).ConfigureAwait(false) is { } twice)
            return (new ColdImportResult { Status = ColdCommitStatus.Conflict, Duplicate = twice }, false);
        return (isLast ? new ColdImportResult { Status = ColdCommitStatus.Committed, Head = document.ToHead() } : null, true);
    }

    /// <returns>A record that an earlier part has brought already.</returns>
    private async Task<AuthKey?> InsertAsync(SessionWriter writer)
    {
        if (records.Count == 0)
            return null;
        try
        {
            await writer.InsertAsync(records.Select(record => RecordDocument.Make(life, record.Key, version: 1, record.Envelope!.Value))).ConfigureAwait(false);
            return null;
        }
        catch (MongoBulkWriteException<BsonDocument> e) when (e.WriteErrors is [{ Category: ServerErrorCategory.DuplicateKey } error, ..])
        {
            // Nobody else writes under this life.
            return records[error.Index].Key;
        }
    }

    private void Publish(SessionDocument document, DateTimeOffset now)
    {
        document.EndLeaseThatRanOut();
        document.Loading = false;
        document.Incarnation = import.Incarnation;
        document.Version = 1;
        document.DataKey = import.DataKey.Id;
        document.CreatedAt = now;
        document.RolledBackAt = 0;
        document.HistoryThrough = 0;
        document.Commits.Clear();
        document.Commits.Add(new CommitMark(import.CommitId, 1));
    }

    private static ColdImportResult Refusal(SessionDocument document, ColdCommitStatus status) => new() { Status = status, Head = document.ToHead() };
}
