using HybridStore.Sqlite.Engine;

namespace HybridStore.Sqlite.Writing;

/// <summary>The one connection that writes: opened when it is needed, and opened anew after a failure that leaves it in doubt.</summary>
internal sealed class WriterConnection(SqliteConnector connector, TimeProvider timeProvider, SqliteTestHooks? hooks) : IDisposable
{
    private WriterTables? _tables;

    public string Path => connector.Path;

    public WriterTables Open()
    {
        // A file that was deleted keeps taking writes on Unix, all of them lost with its last handle.
        if (_tables is not null && !File.Exists(connector.Path))
            Close();
        return _tables ??= OpenNew();
    }

    public void Close()
    {
        _tables?.Dispose();
        _tables = null;
    }

    /// <summary>Empties the log if nobody is reading, so that what was destroyed is not in it any more either. It answers that it was busy rather than wait.</summary>
    public static void EmptyLog(WriterTables tables) => _ = tables.Db.QueryInt64("PRAGMA wal_checkpoint(TRUNCATE)");

    public void Dispose() => Close();

    private WriterTables OpenNew()
    {
        var db = connector.OpenWriter();
        try
        {
            hooks?.WriterOpened?.Invoke(db);
            return new WriterTables(db, timeProvider);
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }
}
