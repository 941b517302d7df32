using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HybridStore.Sqlite.Engine;

/// <summary>One connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteDb : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly sqlite3 _handle;
    private readonly BusyWait _busy;
    private readonly List<SqliteStatement> _statements = [];

    public SqliteDb(string path, SqliteOpenMode mode, TimeSpan busyTimeout)
    {
        _busy = new BusyWait(busyTimeout);
        var builder = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false };
        _connection = new SqliteConnection(builder.ConnectionString);
        try
        {
            _connection.Open();
            _handle = _connection.Handle!;
            _ = raw.sqlite3_extended_result_codes(_handle, 1);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>SQLite's own handle, for tests that look at what it does.</summary>
    public sqlite3 Handle => _handle;

    public bool InTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    public bool IsReadOnly => raw.sqlite3_db_readonly(_handle, "main") != 0;

    /// <summary>How many rows the last INSERT, UPDATE or DELETE changed.</summary>
    public int Changes => raw.sqlite3_changes(_handle);

    public long LastInsertId => raw.sqlite3_last_insert_rowid(_handle);

    /// <summary>Prepares a statement that lives as long as the connection.</summary>
    public SqliteStatement Prepare(string sql)
    {
        var statement = new SqliteStatement(_handle, sql, _busy);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Runs a text. One of several statements that is stopped by a lock is run again from the first: they must bear that.</summary>
    public void Execute(string sql)
    {
        BusyWait.Attempt attempt = default;
        int result;
        do
            result = raw.sqlite3_exec(_handle, sql);
        while (_busy.TryWait(result, ref attempt));
        SqliteException.ThrowExceptionForRC(result, _handle);
    }

    public long QueryInt64(string sql)
    {
        using var statement = new SqliteStatement(_handle, sql, _busy);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    public string QueryText(string sql)
    {
        using var statement = new SqliteStatement(_handle, sql, _busy);
        return statement.Step() ? statement.Text(0) : "";
    }

    /// <summary>Ends whatever transaction is open, whatever state it is in.</summary>
    public void RollbackIfOpen()
    {
        if (InTransaction)
            Execute("ROLLBACK");
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
            statement.Dispose();
        _statements.Clear();
        _connection.Dispose();
    }
}
