using HybridStore.Sqlite.Engine;
using Microsoft.Data.Sqlite;

namespace HybridStore.Sqlite.Writing;

/// <summary>Removes, a bounded number at a time, what deletions and abandoned imports left. What is not finished goes on at the next start.</summary>
internal sealed class Tidying(WriterConnection connection)
{
    // Far above the time between two steps of an import that is alive.
    private static readonly TimeSpan StaleImportAge = TimeSpan.FromHours(24);

    /// <summary>Whether something may be left to do; at the start it is.</summary>
    public bool IsDue { get; set; } = true;

    /// <summary>Does one bounded step. Never throws: what fails is tried again later.</summary>
    public void DoSome()
    {
        try
        {
            var tables = connection.Open();
            tables.Begin();
            try
            {
                DoSome(tables);
                tables.Commit();
            }
            catch
            {
                tables.Rollback();
                throw;
            }
        }
        catch (Exception e)
        {
            IsDue = false;
            if (e is not SqliteException sqlite || !SqliteErrors.ConnectionIsSound(sqlite))
                connection.Close();
        }
    }

    private void DoSome(WriterTables tables)
    {
        if (tables.Sessions.FindStaleImport(tables.Now - (long)StaleImportAge.TotalMilliseconds) is { } session)
        {
            ImportAbandonment.Forget(tables, session, tables.Sessions.Find(session)!);
        }
        else if (tables.Purges.Any())
        {
            tables.Purges.RemoveSome();
        }
        else
        {
            IsDue = false;
        }
    }
}
