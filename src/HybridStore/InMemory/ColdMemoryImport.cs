using HybridStore.Tiers;

namespace HybridStore.InMemory;

/// <summary>Collects a session from a stream, and publishes it whole.</summary>
internal sealed class ColdMemoryImport(ColdMemory memory, ColdImport import)
{
    public async ValueTask<ColdImportResult> RunAsync(CancellationToken cancellationToken)
    {
        // What can't be imported now is refused before its stream is read; what happens meanwhile is found at the end.
        if (memory.Change(import.Session, (session, now) => (Refuse(session, now), session), cancellationToken) is { } early)
            return early;

        var records = ColdMemoryRecords.Empty.ToBuilder();
        await foreach (var record in import.Records.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            ColdInput.CheckImported(record);
            if (!records.Add(new SealedRecord(record.Key, Version: 1, record.Envelope!.Value)))
                return new ColdImportResult { Status = ColdCommitStatus.Conflict, Duplicate = record.Key };
        }

        return memory.Change(import.Session, (session, now) =>
        {
            if (Refuse(session, now) is { } refusal)
                return (refusal, session);
            var created = session.EndLeaseThatRanOut() with
            {
                Incarnation = import.Incarnation,
                CreatedAt = now,
                UpdatedAt = now,
                DataKeys = [import.DataKey],
                Records = records.ToImmutable(),
                Commits = ColdMemoryCommits.None,
            };
            created = created.Remember(import.CommitId, version: 1);
            return (new ColdImportResult { Status = ColdCommitStatus.Committed, Head = created.Head }, created);
        }, cancellationToken);
    }

    private ColdImportResult? Refuse(ColdMemorySession session, DateTimeOffset now)
    {
        if (session.Exists)
        {
            var isRepeat = session.Incarnation == import.Incarnation && session.FindCommit(import.CommitId) == 1;
            return Answer(session, isRepeat ? ColdCommitStatus.Committed : ColdCommitStatus.Conflict);
        }

        if (import.Incarnation != session.CommitIncarnation)
            return Answer(session, ColdCommitStatus.IncarnationEnded);
        return session.NeedsEpoch(now) ? Answer(session, ColdCommitStatus.Fenced) : null;
    }

    private static ColdImportResult Answer(ColdMemorySession session, ColdCommitStatus status) => new() { Status = status, Head = session.HeadIfExists };
}
