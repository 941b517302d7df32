using HybridStore.Sqlite.Engine;

namespace HybridStore.Sqlite.Writing;

/// <summary>Former sessions whose records and history nobody can reach any more and which are removed a bounded number at a time, in the writer's transactions.</summary>
internal sealed class PurgeTable(SqliteDb db)
{
    private const int MaxRecords = 500;
    private const int MaxBytes = 4 * 1024 * 1024;

    private readonly SqliteStatement _add = db.Prepare("INSERT OR IGNORE INTO purge (session) VALUES (?1)");
    private readonly SqliteStatement _next = db.Prepare("SELECT session FROM purge ORDER BY session LIMIT 1");
    private readonly SqliteStatement _records = db.Prepare("SELECT rowid, length(envelope) FROM record WHERE session = ?1 LIMIT ?2");
    private readonly SqliteStatement _deleteRecord = db.Prepare("DELETE FROM record WHERE rowid = ?1");
    private readonly SqliteStatement _formerRecords = db.Prepare(
        "DELETE FROM history_record WHERE rowid IN (SELECT rowid FROM history_record WHERE session = ?1 LIMIT ?2)");

    private readonly SqliteStatement _versions = db.Prepare("DELETE FROM history_version WHERE session = ?1");
    private readonly SqliteStatement _history = db.Prepare("DELETE FROM history WHERE session = ?1");
    private readonly SqliteStatement _done = db.Prepare("DELETE FROM purge WHERE session = ?1");
    private readonly List<long> _step = new(MaxRecords);

    public void Add(long session) => _add.Bind(1, session).Run();

    /// <summary>Whether anything is left to remove.</summary>
    public bool Any() => FindNext() is not null;

    /// <summary>Removes the next few records, or the note of a session that has none left.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool TryRemoveSome()
    {
        if (FindNext() is not { } session)
            return false;

        _step.Clear();
        long bytes = 0;
        using (_records.Rows())
        {
            _records.Bind(1, session).Bind(2, MaxRecords);
            while (bytes < MaxBytes && _records.Step())
            {
                _step.Add(_records.Int64(0));
                bytes += _records.Int64(1);
            }
        }

        foreach (long record in _step)
            _deleteRecord.Bind(1, record).Run();
        if (_step.Count == 0 && !TryRemoveHistory(session))
            _done.Bind(1, session).Run();
        return true;
    }

    private bool TryRemoveHistory(long session)
    {
        _formerRecords.Bind(1, session).Bind(2, MaxRecords).Run();
        if (db.Changes > 0)
            return true;
        _versions.Bind(1, session).Run();
        _history.Bind(1, session).Run();
        return false;
    }

    private long? FindNext()
    {
        using (_next.Rows())
            return _next.Step() ? _next.Int64(0) : null;
    }
}
