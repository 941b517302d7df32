using Microsoft.Data.Sqlite;

namespace HybridStore.Benchmarks;

/// <summary>The commits of the SQLite tier written by hand on Microsoft.Data.Sqlite: its schema, rows and pragmas, two prepared statements, one thread, no checks.</summary>
internal sealed class RawSqlite : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _set;
    private readonly SqliteCommand _advance;
    private readonly byte[] _commits = new byte[1024];
    private long _version;

    /// <param name="path">A file that a tier made, with the sessions that are to be written.</param>
    public RawSqlite(string path)
    {
        _connection = new SqliteConnection($"Data Source={path};Pooling=False");
        _connection.Open();
        using (var pragmas = _connection.CreateCommand())
        {
            pragmas.CommandText = "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 16777216; "
                + "PRAGMA cache_size = -16384; PRAGMA secure_delete = FAST";
            pragmas.ExecuteNonQuery();
        }

        _set = Prepare(
            "INSERT INTO record (session, type, id, version, envelope) VALUES ($a, $b, $c, $d, $e) "
            + "ON CONFLICT (session, type, id) DO UPDATE SET version = excluded.version, envelope = excluded.envelope");
        _advance = Prepare("UPDATE session SET version = $a, updated_at = $b, commits = $c WHERE tenant = $d AND name = $e");
    }

    /// <summary>One transaction of one commit for each of the sessions from 0 on.</summary>
    public void Commit(int sessions, string id, byte[] envelope)
    {
        using var transaction = _connection.BeginTransaction();
        _set.Transaction = _advance.Transaction = transaction;
        for (var i = 0; i < sessions; i++)
        {
            _version++;
            Run(_set, i + 1L, "session", id, _version, envelope);
            Run(_advance, _version, 1_760_000_000_000L, _commits, "bench", SqliteCommits.Name(i));
        }

        transaction.Commit();
    }

    public void Dispose()
    {
        _set.Dispose();
        _advance.Dispose();
        _connection.Dispose();
    }

    private static void Run(SqliteCommand command, object a, object b, object c, object d, object e)
    {
        command.Parameters[0].Value = a;
        command.Parameters[1].Value = b;
        command.Parameters[2].Value = c;
        command.Parameters[3].Value = d;
        command.Parameters[4].Value = e;
        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // The texts are the constants above.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var name in (string[])["$a", "$b", "$c", "$d", "$e"])
            command.Parameters.Add(new SqliteParameter(name, 0));
        command.Prepare();
        return command;
    }
}
