using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HybridStore.Sqlite.Engine;

/// <summary>A prepared statement that is used over and over on one connection.</summary>
/// <remarks>
/// Below ADO.NET on purpose: names go in as UTF-8 from the stack and envelopes from where they are, without a parameter object, a copy or a data reader
/// for each call, and waiting for a lock is <see cref="BusyWait"/>'s alone.
/// </remarks>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;
    private readonly BusyWait _busy;
    private bool _hasGivenRows;

    public SqliteStatement(sqlite3 db, string sql, BusyWait busy)
    {
        _db = db;
        _busy = busy;
        BusyWait.Attempt attempt = default;
        int result;
        do
            result = raw.sqlite3_prepare_v2(db, sql, out _statement);
        while (busy.TryWait(result, ref attempt));
        SqliteException.ThrowExceptionForRC(result, db);
    }

    public SqliteStatement Bind(int index, long value)
    {
        SqliteException.ThrowExceptionForRC(raw.sqlite3_bind_int64(_statement, index, value), _db);
        return this;
    }

    public SqliteStatement Bind(int index, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return value is null ? BindNull(index) : BindText(index, ""u8);

        Span<byte> utf8 = stackalloc byte[AuthLimits.MaxNameBytes];
        return Encoding.UTF8.TryGetBytes(value, utf8, out int length)
            ? BindText(index, utf8[..length])
            : BindText(index, Encoding.UTF8.GetBytes(value));
    }

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        // An empty span has no address, which SQLite would take for NULL.
        int result = value.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, index, 0) : raw.sqlite3_bind_blob(_statement, index, value);
        SqliteException.ThrowExceptionForRC(result, _db);
        return this;
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Step()
    {
        BusyWait.Attempt attempt = default;
        while (true)
        {
            int result = raw.sqlite3_step(_statement);
            if (result == raw.SQLITE_ROW)
                return _hasGivenRows = true;

            // Only from the start: begun again in the middle, it would give its rows twice.
            if (!_hasGivenRows && _busy.TryWait(result, ref attempt))
            {
                _ = raw.sqlite3_reset(_statement);
                continue;
            }

            SqliteException.ThrowExceptionForRC(result, _db);
            return false;
        }
    }

    /// <summary>Runs a statement that gives no rows that anybody wants.</summary>
    public void Run()
    {
        using (Rows())
        {
            while (Step())
            {
            }
        }
    }

    /// <summary>Resets the statement when disposed, so that it holds no lock and no copies of what was bound.</summary>
    public Scope Rows() => new(this);

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    /// <summary>A BLOB's bytes, or a TEXT's UTF-8; valid until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public void Dispose() => _statement?.Dispose();

    private SqliteStatement BindNull(int index)
    {
        SqliteException.ThrowExceptionForRC(raw.sqlite3_bind_null(_statement, index), _db);
        return this;
    }

    private SqliteStatement BindText(int index, ReadOnlySpan<byte> utf8)
    {
        int result = utf8.IsEmpty ? raw.sqlite3_bind_text(_statement, index, "") : raw.sqlite3_bind_text(_statement, index, utf8);
        SqliteException.ThrowExceptionForRC(result, _db);
        return this;
    }

    private void Reset()
    {
        // What reset returns is the error of the step before it, which was already thrown.
        _hasGivenRows = false;
        _ = raw.sqlite3_reset(_statement);
        _ = raw.sqlite3_clear_bindings(_statement);
    }

    public readonly ref struct Scope(SqliteStatement statement)
    {
        public void Dispose() => statement.Reset();
    }
}
