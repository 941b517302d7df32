using HybridStore.Tiers;
using Microsoft.Data.Sqlite;

namespace HybridStore.Sqlite.Writing;

/// <summary>One commit: what it depends on is checked against the session as it is now, in the contract's order, and then all of it is applied.</summary>
internal sealed class CommitWork(ColdCommit commit) : WriteWork<ColdCommitResult>
{
    private readonly List<(SealedPatch Patch, long Version)> _plan = new(commit.Patches.Count);

    public override long Bytes { get; } = Count(commit);

    public override bool LeavesPurge => TookOverImport;

    // The first patch's conditions are compared before anything is written.
    public override bool MayUndo => commit.Patches.Count > 1;

    private bool TookOverImport { get; set; }

    public override bool Apply(WriterTables tables)
    {
        var row = tables.Sessions.FindOrMake(commit.Session);
        Result = Check(tables, row) ?? Write(tables, row);
        return Result.Status == ColdCommitStatus.Committed;
    }

    public override Exception OutcomeUnknown(SqliteException failure) =>
        new CommitOutcomeUnknownException(commit.Session, commit.Patches[^1].CommitId, failure);

    private static long Count(ColdCommit commit)
    {
        long bytes = 0;
        foreach (var patch in commit.Patches)
        {
            foreach (var change in patch.Changes)
                bytes += change.Envelope?.Length ?? 0;
        }

        return bytes;
    }

    private ColdCommitResult? Check(WriterTables tables, SessionRow row)
    {
        var last = commit.Patches[^1];
        if (commit.Incarnation != row.CommitIncarnation)
            return Answer(row, ColdCommitStatus.IncarnationEnded);
        if (FindMade(row, last) is var made and > 0)
            return Answer(row, ColdCommitStatus.Repeated) with { Version = made };
        if (row.Version < commit.SeenVersion)
            return Answer(row, ColdCommitStatus.WentBack);
        if (commit.Epoch != 0 ? commit.Epoch != row.Epoch : row.NeedsEpoch(tables.Now))
            return Answer(row, ColdCommitStatus.Fenced);
        if (row.Exists ? commit.SealedWith != row.DataKey : commit.NewDataKey is null)
            return Answer(row, ColdCommitStatus.DataKeyChanged);
        if (!TryPlan(row))
            return Answer(row, ColdCommitStatus.OutOfOrder);

        // All of it is there, though its commit ids are not: too long ago, or taken in as part of a coalesced range.
        return _plan.Count == 0 ? Answer(row, ColdCommitStatus.Repeated) with { Version = last.Version } : null;
    }

    // Which patches are to be applied, and the version that each makes. False: something before one of them is missing, or it straddles the session's version.
    private bool TryPlan(SessionRow row)
    {
        _plan.Clear();
        long version = row.Version;
        foreach (var patch in commit.Patches)
        {
            if (patch.Predecessor is not { } predecessor)
            {
                if (FindMade(row, patch) == 0)
                    _plan.Add((patch, ++version));
            }
            else if (patch.Version > version)
            {
                if (predecessor != version)
                    return false;
                _plan.Add((patch, version = patch.Version));
            }
        }

        return true;
    }

    private ColdCommitResult Write(WriterTables tables, SessionRow row)
    {
        long previous = row.Version;
        if (FindConflict(tables.Records, row.Exists ? row.Id : 0, _plan[0].Patch, previous) is { } first)
            return Answer(row, ColdCommitStatus.Conflict) with { Conflict = first };
        var unchanged = _plan.Count > 1 ? Answer(row, ColdCommitStatus.Conflict) : null;
        long now = tables.Now;
        bool onlyAdvances = row.Exists && commit.Rollback == RollbackChange.Keep;
        if (commit.Epoch == 0 && row.LeaseHolder is not null)
        {
            row.EndLeaseThatRanOut();
            onlyAdvances = false;
        }

        if (!row.Exists)
            Create(tables, row, now);

        var history = commit.History is { } kept ? tables.History.Keep(row.Id, _plan, _plan[^1].Version, kept.ExceptTypes) : null;
        long version = previous;
        foreach (var (patch, next) in _plan)
        {
            if (version != previous && FindConflict(tables.Records, row.Id, patch, version) is { } conflict)
                return unchanged! with { Conflict = conflict };
            foreach (var change in patch.Changes)
                tables.Records.Apply(row.Id, change, change.VersionIn(next));
            Remember(row.Ring, patch, version, next);
            version = next;
        }

        if (history is not null)
            tables.History.Advance(row.Id, (previous, row.UpdatedAt), (version, now), history, commit.History!);
        row.RolledBackAt = RollbackMark(row.RolledBackAt, previous);
        row.Version = version;
        row.UpdatedAt = now;
        if (onlyAdvances)
            tables.Sessions.Advance(commit.Session, row);
        else
            tables.Sessions.Save(commit.Session, row);
        return Answer(row, ColdCommitStatus.Committed, previous);
    }

    private void Create(WriterTables tables, SessionRow row, long now)
    {
        TookOverImport = row.Loading;
        tables.TakeOverIfLoading(row);
        row.Incarnation = commit.Incarnation;
        row.DataKey = commit.SealedWith;
        row.CreatedAt = now;
        row.Commits.AsSpan().Clear();
        if (row.Id == 0)
            tables.Sessions.Save(commit.Session, row);
        tables.DataKeys.Insert(row.Id, commit.NewDataKey!, now);
    }

    private long RollbackMark(long mark, long previousVersion) => commit.Rollback switch
    {
        RollbackChange.Clear => 0,
        RollbackChange.Set when mark == 0 => previousVersion,
        _ => mark,
    };

    private static void Remember(CommitRing ring, SealedPatch patch, long previousVersion, long version)
    {
        for (int i = 0; i < patch.Absorbed.Count; i++)
        {
            ring.Set(patch.Absorbed[i].Id, previousVersion, patch.Absorbed[i].Version);
            previousVersion = patch.Absorbed[i].Version;
        }

        ring.Set(patch.CommitId, previousVersion, version);
    }

    private static CommitConflict? FindConflict(RecordTable records, long session, SealedPatch patch, long version)
    {
        if (patch.ExpectedSessionVersion is { } expected && expected != version)
            return new CommitConflict(null, expected, version);
        for (int i = 0; i < patch.Expectations.Count; i++)
        {
            var expectation = patch.Expectations[i];
            long actual = records.FindVersion(session, expectation.Key);
            if (actual != expectation.Version)
                return new CommitConflict(expectation.Key, expectation.Version, actual);
        }

        return null;
    }

    private static long FindMade(SessionRow row, SealedPatch patch) => row.Exists ? row.Ring.Find(patch.CommitId, row.Version) : 0;

    private static ColdCommitResult Answer(SessionRow row, ColdCommitStatus status, long previousVersion = 0) => new()
    {
        Status = status,
        Incarnation = row.Exists ? row.Incarnation : 0,
        Version = row.Version,
        Epoch = row.Epoch,
        PreviousVersion = previousVersion,
    };
}
