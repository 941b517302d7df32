using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HybridStore.Sqlite.Engine;

/// <summary>Opens connections to one file, set up alike.</summary>
internal sealed class SqliteConnector(string path, TimeSpan busyTimeout)
{
    private const int MaxIdleWalBytes = 16 * 1024 * 1024;
    private const int WriterCacheKib = 16 * 1024;

    private volatile bool _wasOpen;

    public string Path => path;

    /// <summary>Opens the file for writing: creates it if it never was open here, checks that it is ours and brings its schema up to date.</summary>
    public SqliteDb OpenWriter()
    {
        Batteries_V2.Init();
        SqliteFile.Prepare(path, mayCreate: !_wasOpen);
        try
        {
            SqliteFile.CheckIdentity(path, busyTimeout);
            return SetUpWriter(Open());
        }
        catch (SqliteException e) when (SqliteErrors.Primary(e) == raw.SQLITE_CANTOPEN)
        {
            // The file is there: it, its folder or its companions lack the rights.
            throw SqliteErrors.ReadOnly(path, e);
        }
    }

    /// <summary>Opens a connection that only reads.</summary>
    public SqliteDb OpenReader()
    {
        var db = Open();
        try
        {
            db.Execute("PRAGMA query_only = ON");
            return db;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    private SqliteDb SetUpWriter(SqliteDb db)
    {
        try
        {
            if (db.IsReadOnly)
                throw SqliteErrors.ReadOnly(path);
            SqliteMigrator.Migrate(db);
            SwitchToWal(db);
            db.Execute(string.Create(
                CultureInfo.InvariantCulture,
                $"PRAGMA journal_size_limit = {MaxIdleWalBytes}; PRAGMA cache_size = -{WriterCacheKib}; PRAGMA secure_delete = FAST"));
            _wasOpen = true;
            return db;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    // FULL: a commit is acknowledged after the log was flushed to the medium. The fullfsync settings make that true on macOS.
    private SqliteDb Open()
    {
        var db = new SqliteDb(path, SqliteOpenMode.ReadWrite, busyTimeout);
        try
        {
            db.Execute("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA temp_store = MEMORY");
            return db;
        }
        catch
        {
            db.Dispose();
            throw;
        }
    }

    private void SwitchToWal(SqliteDb db)
    {
        if (db.QueryText("PRAGMA journal_mode = WAL") != "wal")
        {
            throw new StoreUnusableException(
                SqliteErrors.TierName,
                StoreUnusableReason.ReadOnly,
                $"SQLite can't keep a write-ahead log for the database {path}: its file system has no shared memory or locks. Use a local file system.");
        }
    }
}
