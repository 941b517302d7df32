using Microsoft.Data.Sqlite;

namespace HybridStore.LoadTest.Targets;

/// <summary>One table of records in a file with a write-ahead log: prepared statements on one connection, one transaction for each commit, flushed as the tier flushes.</summary>
internal sealed class RawSqliteRecords : IRawRecords
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _select;
    private readonly SqliteCommand _upsert;
    private readonly SqliteCommand _delete;
    private readonly SemaphoreSlim _turn = new(1);

    public RawSqliteRecords(string path)
    {
        _connection = new SqliteConnection($"Data Source={path};Pooling=False");
        _connection.Open();
        Prepare("PRAGMA journal_mode = WAL").ExecuteNonQuery();
        Prepare("PRAGMA synchronous = FULL").ExecuteNonQuery();
        Prepare("CREATE TABLE record (session TEXT, type TEXT, id TEXT, value BLOB NOT NULL, PRIMARY KEY (session, type, id)) WITHOUT ROWID").ExecuteNonQuery();
        _select = Prepare("SELECT value FROM record WHERE session = $session AND type = $type AND id = $id", "$session", "$type", "$id");
        _upsert = Prepare(
            "INSERT INTO record VALUES ($session, $type, $id, $value) ON CONFLICT (session, type, id) DO UPDATE SET value = excluded.value", "$session", "$type", "$id", "$value");
        _delete = Prepare("DELETE FROM record WHERE session = $session AND type = $type AND id = $id", "$session", "$type", "$id");
    }

    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string session, AuthKey key)
    {
        await _turn.WaitAsync();
        try
        {
            return Read(session, key);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask<int> CountAsync(string session, AuthKey[] keys)
    {
        await _turn.WaitAsync();
        try
        {
            return keys.Count(k => Read(session, k) is not null);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask WriteAsync(string session, RecordWrite[] writes)
    {
        await _turn.WaitAsync();
        try
        {
            using var transaction = _connection.BeginTransaction();
            _upsert.Transaction = _delete.Transaction = transaction;
            foreach (var write in writes)
            {
                var command = write.Value is null ? _delete : _upsert;
                Bind(command, session, write.Key);
                if (write.Value is not null)
                    command.Parameters[3].Value = write.Value;
                command.ExecuteNonQuery();
            }

            transaction.Commit();
            _upsert.Transaction = _delete.Transaction = null;
        }
        finally
        {
            _turn.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        _select.Dispose();
        _upsert.Dispose();
        _delete.Dispose();
        _connection.Dispose();
        _turn.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void Bind(SqliteCommand command, string session, AuthKey key)
    {
        command.Parameters[0].Value = session;
        command.Parameters[1].Value = key.Type;
        command.Parameters[2].Value = key.Id;
    }

    private ReadOnlyMemory<byte>? Read(string session, AuthKey key)
    {
        Bind(_select, session, key);
        return (_select.ExecuteScalar() as byte[]).OrAbsent();
    }

    private SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var parameter in parameters)
            command.Parameters.Add(new SqliteParameter(parameter, ""));
        if (parameters.Length > 0)
            command.Prepare();
        return command;
    }
}
