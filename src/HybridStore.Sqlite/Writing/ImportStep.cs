using HybridStore.Tiers;
using Microsoft.Data.Sqlite;

namespace HybridStore.Sqlite.Writing;

/// <summary>A part of an import: the first makes a row that nobody sees, the last makes it the session.</summary>
internal sealed class ImportStep(ColdImport import, long loadingId, IReadOnlyList<SealedChange> records, bool isLast, long bytes) : WriteWork<ImportStepResult>
{
    private bool _tookOver;

    public override long Bytes => bytes;

    public override bool LeavesPurge => _tookOver;

    public override bool MayUndo => true;

    public override bool Apply(WriterTables tables)
    {
        var row = tables.Sessions.FindOrMake(import.Session);
        Result = Refuse(tables, row) ?? Write(tables, row);
        return Result.Refusal is null;
    }

    public override Exception OutcomeUnknown(SqliteException failure) =>
        isLast ? new CommitOutcomeUnknownException(import.Session, import.CommitId, failure) : base.OutcomeUnknown(failure);

    private ImportStepResult? Refuse(WriterTables tables, SessionRow row)
    {
        bool isFirst = loadingId == 0;
        if (row.Exists)
        {
            bool isRepeat = isFirst && row.Incarnation == import.Incarnation && row.Ring.Find(import.CommitId, row.Version) == 1;
            return Refusal(row, isRepeat ? ColdCommitStatus.Committed : ColdCommitStatus.Conflict);
        }

        if (import.Incarnation != row.CommitIncarnation)
            return Refusal(row, ColdCommitStatus.IncarnationEnded);
        if (!isFirst && (!row.Loading || row.Id != loadingId))
            return Refusal(row, ColdCommitStatus.Conflict);
        return row.NeedsEpoch(tables.Now) ? Refusal(row, ColdCommitStatus.Fenced) : null;
    }

    private ImportStepResult Write(WriterTables tables, SessionRow row)
    {
        long now = tables.Now;
        if (loadingId == 0)
        {
            _tookOver = row.Loading;
            tables.TakeOverIfLoading(row);
            row.Loading = true;
            row.CreatedAt = row.UpdatedAt = now;
            tables.Sessions.Save(import.Session, row);
        }

        foreach (var record in records)
        {
            try
            {
                tables.Records.Insert(row.Id, record.Key, version: 1, record.Envelope!.Value.Span);
            }
            catch (SqliteException e) when (Engine.SqliteErrors.IsConstraint(e))
            {
                return new ImportStepResult(0, null, new ColdImportResult { Status = ColdCommitStatus.Conflict, Duplicate = record.Key });
            }
        }

        if (isLast)
            Publish(tables, row, now);
        else if (loadingId != 0)
            tables.Sessions.TouchLoading(row.Id, now);
        return new ImportStepResult(row.Id, row.ToHead(), null);
    }

    private void Publish(WriterTables tables, SessionRow row, long now)
    {
        row.EndLeaseThatRanOut();
        row.Loading = false;
        row.Incarnation = import.Incarnation;
        row.Version = 1;
        row.DataKey = import.DataKey.Id;
        row.CreatedAt = row.UpdatedAt = now;
        row.Commits.AsSpan().Clear();
        row.Ring.Set(import.CommitId, previousVersion: 0, version: 1);
        tables.DataKeys.Insert(row.Id, import.DataKey, now);
        tables.Sessions.Save(import.Session, row);
    }

    private static ImportStepResult Refusal(SessionRow row, ColdCommitStatus status) =>
        new(0, null, new ColdImportResult { Status = status, Head = row.ToHead() });
}
