using HybridStore.Sqlite.Engine;

namespace HybridStore.Sqlite.Writing;

/// <summary>The writer's connection: its tables, its transaction and its savepoint.</summary>
internal sealed class WriterTables : IDisposable
{
    private readonly SqliteDb _db;
    private readonly TimeProvider _timeProvider;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _dataVersion;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _savepoint;
    private readonly SqliteStatement _release;
    private readonly SqliteStatement _rollbackTo;
    private HistoryTable? _history;

    public WriterTables(SqliteDb db, TimeProvider timeProvider)
    {
        _db = db;
        _timeProvider = timeProvider;
        _begin = db.Prepare("BEGIN IMMEDIATE");
        _dataVersion = db.Prepare("PRAGMA data_version");
        _commit = db.Prepare("COMMIT");
        _savepoint = db.Prepare("SAVEPOINT work");
        _release = db.Prepare("RELEASE work");
        _rollbackTo = db.Prepare("ROLLBACK TO work");
        Sessions = new SessionTable(db);
        Records = new RecordTable(db);
        DataKeys = new DataKeyTable(db);
        Purges = new PurgeTable(db);
        KeyRing = new KeyRingTable(db);
    }

    public SqliteDb Db => _db;

    public SessionTable Sessions { get; }

    public RecordTable Records { get; }

    public DataKeyTable DataKeys { get; }

    public PurgeTable Purges { get; }

    public KeyRingTable KeyRing { get; }

    /// <summary>Its statements are made when the first commit asks for them: most stores keep no history.</summary>
    public HistoryTable History => _history ??= new HistoryTable(_db);

    public bool InTransaction => _db.InTransaction;

    /// <summary>Now, in the file's milliseconds.</summary>
    public long Now => UnixTime.Now(_timeProvider);

    public void Begin()
    {
        _begin.Run();
        using (_dataVersion.Rows())
            Sessions.Recent.Begin(_dataVersion.Step() ? _dataVersion.Int64(0) : 0);
    }

    public void Commit() => _commit.Run();

    public void Rollback()
    {
        Sessions.Recent.Clear();
        _db.RollbackIfOpen();
    }

    public void Mark() => _savepoint.Run();

    public void Keep() => _release.Run();

    public void Undo()
    {
        Sessions.Recent.Clear();
        _rollbackTo.Run();
        _release.Run();
    }

    /// <summary>Gives a row that an import left in the state of loading a new surrogate id, so that what the import wrote belongs to nobody.</summary>
    public void TakeOverIfLoading(SessionRow row)
    {
        if (!row.Loading)
            return;
        Purges.Add(row.Id);
        Sessions.Delete(row.Id);
        row.Id = 0;
        row.Loading = false;
    }

    public void Dispose() => _db.Dispose();
}
