using HybridStore.FaultLab.History;
using HybridStore.FaultLab.Setups;
using Microsoft.Data.Sqlite;

namespace HybridStore.FaultLab.Nemesis;

/// <summary>What happens to SQLite files.</summary>
internal static class SqliteFaults
{
    /// <summary>Somebody else holds the write lock.</summary>
    public static async Task LockAsync(Lab lab, Random random)
    {
        if (Any(lab, random) is not { } setup || !File.Exists(setup.Sqlite))
            return;
        await using var connection = new SqliteConnection($"Data Source={setup.Sqlite};Pooling=False");
        await connection.OpenAsync();
        if (!TryExecute(connection, "BEGIN IMMEDIATE"))
            return;
        await Wait.SomeAsync(random, 300, 3000);
        TryExecute(connection, "ROLLBACK");
    }

    /// <summary>The bots are stopped, an older file put in place, and the operator gives up what is lost: a file alone remembers nothing of what came after it.</summary>
    public static async Task SetBackAsync(Lab lab, Random random)
    {
        if (Any(lab, random) is not { } setup || !File.Exists(setup.Sqlite))
            return;
        var older = setup.Sqlite + ".older";
        lab.Note(HistoryEvent.ColdCopied, "cold", [setup]);
        await ColdSetBack.WithoutBotsAsync(lab, [setup], _ =>
        {
            Replace(setup.Sqlite, older);
            return Task.CompletedTask;
        });
        await Wait.SomeAsync(random, 2000, 6000);
        await ColdSetBack.WithoutBotsAsync(lab, [setup], async _ =>
        {
            lab.Note(HistoryEvent.ColdSetBack, "cold", [setup]);
            Replace(older, setup.Sqlite);
            await ColdSetBack.OperateAsync(lab, setup, Enumerable.Range(0, setup.Sessions));
        });
    }

    /// <summary>The file and what SQLite has beside it, which goes where the file has none of it.</summary>
    private static void Replace(string from, string to)
    {
        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            File.Delete(to + suffix);
            if (File.Exists(from + suffix))
                File.Copy(from + suffix, to + suffix);
        }
    }

    private static bool TryExecute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 5;
        try
        {
            command.ExecuteNonQuery();
            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private static Setup? Any(Lab lab, Random random)
    {
        Setup[] setups = [.. lab.Setups.Where(static s => s.Sqlite is not null)];
        return setups.Length == 0 ? null : setups[random.Next(setups.Length)];
    }
}
