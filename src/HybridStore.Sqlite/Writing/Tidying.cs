using HybridStore.Sqlite.Engine;
using Microsoft.Data.Sqlite;

namespace HybridStore.Sqlite.Writing;

/// <summary>Removes, a bounded number at a time, what deletions and abandoned imports left. What is not finished goes on at the next start.</summary>
internal sealed class Tidying(WriterConnection connection)
{
    // Far above the time between two steps of an import that is alive.
    private static readonly TimeSpan StaleImportAge = TimeSpan.FromHours(24);

    private volatile bool _isDue = true;
    private bool _removed;

    /// <summary>Whether something may be left to do; at the start it is.</summary>
    public bool IsDue
    {
        get => _isDue;
        set => _isDue = value;
    }

    /// <summary>How many steps were done.</summary>
    public long Steps { get; private set; }

    /// <summary>Does one bounded step. Never throws: what fails is tried again after the next deletion, or at the next start.</summary>
    public void DoSome()
    {
        try
        {
            var tables = connection.Open();
            if (TryRemoveSome(tables))
            {
                _removed = true;
                Steps++;
                return;
            }

            if (_removed)
                WriterConnection.EmptyLog(tables);
            _removed = false;
            IsDue = false;
        }
        catch (Exception e)
        {
            IsDue = false;
            if (e is not SqliteException sqlite || !SqliteErrors.ConnectionIsSound(sqlite))
                connection.Close();
        }
    }

    private static bool TryRemoveSome(WriterTables tables)
    {
        // Looks before it takes the write lock: at most starts there is nothing to do, and other connections are just being opened.
        long stale = StaleBefore(tables);
        if (tables.Sessions.FindStaleImport(stale) is null && !tables.Purges.Any())
            return false;
        tables.Begin();
        try
        {
            bool any = ForgetStaleImport(tables, stale) || tables.Purges.TryRemoveSome();
            tables.Commit();
            return any;
        }
        catch
        {
            tables.Rollback();
            throw;
        }
    }

    private static long StaleBefore(WriterTables tables) => tables.Now - (long)StaleImportAge.TotalMilliseconds;

    private static bool ForgetStaleImport(WriterTables tables, long before)
    {
        if (tables.Sessions.FindStaleImport(before) is not { } session)
            return false;
        ImportAbandonment.Forget(tables, session, tables.Sessions.Find(session)!);
        return true;
    }
}
