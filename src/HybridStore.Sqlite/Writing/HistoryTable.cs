using HybridStore.Sqlite.Engine;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Writing;

/// <summary>The former versions of records, in the writer's transaction.</summary>
internal sealed class HistoryTable(SqliteDb db)
{
    // Far more than one commit adds, so that what is left over is caught up with.
    private const int MaxRemoved = 256;
    private const int MaxSteps = 64;

    private readonly SqliteStatement _find = db.Prepare("SELECT through, oldest FROM history WHERE session = ?1");
    private readonly SqliteStatement _set = db.Prepare(
        "INSERT INTO history (session, through, oldest) VALUES (?1, ?2, ?3) ON CONFLICT (session) DO UPDATE SET through = excluded.through, oldest = excluded.oldest");

    private readonly SqliteStatement _addVersion = db.Prepare("INSERT INTO history_version (session, version, at, changes, bytes) VALUES (?1, ?2, ?3, ?4, ?5)");
    private readonly SqliteStatement _keep = db.Prepare(
        "INSERT INTO history_record (session, type, id, version, replaced_by, envelope) "
        + "SELECT session, type, id, version, ?4, envelope FROM record WHERE session = ?1 AND type = ?2 AND id = ?3");

    private readonly SqliteStatement _newestButSome = db.Prepare(
        "SELECT replaced_by FROM history_record WHERE session = ?1 AND type = ?2 AND id = ?3 ORDER BY replaced_by DESC LIMIT 1 OFFSET ?4");

    private readonly SqliteStatement _nextVersion = db.Prepare("SELECT version, at FROM history_version WHERE session = ?1 AND version > ?2 ORDER BY version LIMIT 1");
    private readonly SqliteStatement _forgetVersions = db.Prepare(
        "DELETE FROM history_version WHERE session = ?1 AND version IN (SELECT version FROM history_version WHERE session = ?1 AND version < ?2 LIMIT ?3)");

    private readonly SqliteStatement _forgetRecords = db.Prepare(
        "DELETE FROM history_record WHERE rowid IN (SELECT rowid FROM history_record WHERE session = ?1 AND replaced_by <= ?2 LIMIT ?3)");

    /// <summary>Keeps what a commit is about to replace.</summary>
    /// <param name="session">The session's surrogate id.</param>
    /// <param name="patches">What the commit applies, in order.</param>
    /// <param name="version">The version that it leads to.</param>
    /// <param name="exceptTypes">The types of which nothing is kept.</param>
    public HistoryStep Keep(long session, IReadOnlyList<(SealedPatch Patch, long Version)> patches, long version, IReadOnlyList<string> exceptTypes)
    {
        var last = new Dictionary<AuthKey, long?>();
        foreach (var (patch, _) in patches)
        {
            foreach (var change in patch.Changes)
            {
                if (!exceptTypes.Contains(change.Key.Type))
                    last[change.Key] = change.Envelope?.Length;
            }
        }

        var step = new HistoryStep();
        foreach (var (key, bytes) in last)
        {
            _keep.Bind(1, session).Bind(2, key.Type).Bind(3, key.Id).Bind(4, version).Run();
            bool existed = db.Changes > 0;
            if (existed)
                step.Replaced.Add(key);
            if (existed || bytes is not null)
                step.Changes++;
            step.Bytes += bytes ?? 0;
        }

        return step;
    }

    /// <summary>Notes the version that a commit made, and removes what the retention lets go.</summary>
    /// <param name="session">The session's surrogate id.</param>
    /// <param name="before">The version before the commit, and when that was made; version 0: there was no session.</param>
    /// <param name="after">The version after it, and when that is.</param>
    /// <param name="step">What the commit replaces.</param>
    /// <param name="retention">What is kept.</param>
    public void Advance(long session, (long Version, long At) before, (long Version, long At) after, HistoryStep step, ColdHistoryRetention retention)
    {
        long oldest = FindOldest(session, before.Version);
        if (oldest == 0)
        {
            oldest = before.Version == 0 ? after.Version : before.Version;
            if (before.Version != 0)
                AddVersion(session, before, new HistoryStep());
        }

        if (step.Changes > 0 || before.Version == 0)
            AddVersion(session, after, step);
        if (retention.MaxVersions is { } most)
        {
            foreach (var key in step.Replaced)
                oldest = Math.Max(oldest, FindTooOld(session, key, most));
        }

        if (retention.Period is { } period)
            oldest = Pass(session, oldest, after.At - (long)period.TotalMilliseconds);
        _set.Bind(1, session).Bind(2, after.Version).Bind(3, oldest).Run();
        _forgetVersions.Bind(1, session).Bind(2, oldest).Bind(3, MaxRemoved).Run();
        _forgetRecords.Bind(1, session).Bind(2, oldest).Bind(3, MaxRemoved).Run();
    }

    // 0: there is none that reaches up to the version.
    private long FindOldest(long session, long through)
    {
        using (_find.Rows())
            return _find.Bind(1, session).Step() && _find.Int64(0) == through ? _find.Int64(1) : 0;
    }

    private void AddVersion(long session, (long Version, long At) version, HistoryStep step) =>
        _addVersion.Bind(1, session).Bind(2, version.Version).Bind(3, version.At).Bind(4, step.Changes).Bind(5, step.Bytes).Run();

    // The version that replaced the newest former version of the record that is one too many.
    private long FindTooOld(long session, AuthKey key, int most)
    {
        using (_newestButSome.Rows())
            return _newestButSome.Bind(1, session).Bind(2, key.Type).Bind(3, key.Id).Bind(4, most).Step() ? _newestButSome.Int64(0) : 0;
    }

    // The newest version that is as old as the period: how the session was when it began.
    private long Pass(long session, long oldest, long until)
    {
        for (int i = 0; i < MaxSteps; i++)
        {
            using (_nextVersion.Rows())
            {
                if (!_nextVersion.Bind(1, session).Bind(2, oldest).Step() || _nextVersion.Int64(1) > until)
                    return oldest;
                oldest = _nextVersion.Int64(0);
            }
        }

        return oldest;
    }
}
