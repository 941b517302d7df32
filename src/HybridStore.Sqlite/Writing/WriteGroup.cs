using System.Threading.Channels;
using HybridStore.Sqlite.Engine;
using Microsoft.Data.Sqlite;

namespace HybridStore.Sqlite.Writing;

/// <summary>
/// Group commit: what is waiting shares one transaction, and so one flush to the medium. Each work can fail alone: one that may be undone half-way stands
/// under a savepoint of its own; after any other one's error, those before it are done again without it. Nobody is told anything before the transaction
/// was committed.
/// </summary>
internal sealed class WriteGroup(WriterConnection connection, Tidying tidying, SqliteTestHooks? hooks)
{
    private const int MaxWorks = 256;
    private const long MaxBytes = 4 * 1024 * 1024;

    private readonly List<WriteWork> _applied = new(MaxWorks);

    /// <summary>How many transactions were committed.</summary>
    public long Commits { get; private set; }

    /// <summary>Does the first work and those that are waiting behind it, up to a bound. Never throws.</summary>
    public void Run(WriteWork first, ChannelReader<WriteWork> waiting)
    {
        if (!first.TryTake())
            return;
        _applied.Clear();
        try
        {
            RunTogether(first, waiting);
        }
        catch (Exception e)
        {
            // Whatever it was: nobody may wait for ever. Who was told already is not told again.
            Recover(e);
            first.Fail(e);
            foreach (var work in _applied)
                work.Fail(e);
        }
    }

    private void RunTogether(WriteWork first, ChannelReader<WriteWork> waiting)
    {
        WriterTables tables;
        try
        {
            tables = Begin();
        }
        catch (Exception e)
        {
            Recover(e);
            FailAll(first, waiting, e);
            return;
        }

        bool whole = Apply(tables, first);
        long bytes = first.Bytes;
        while (whole && _applied.Count < MaxWorks && bytes < MaxBytes && waiting.TryRead(out var next))
        {
            if (!next.TryTake())
                continue;
            whole = Apply(tables, next);
            bytes += next.Bytes;
        }

        if (!whole || !TryCommit(tables))
            RunOneByOne();
    }

    private WriterTables Begin()
    {
        var tables = connection.Open();
        tables.Begin();
        return tables;
    }

    // False: the transaction is gone, with all that was applied before.
    private bool Apply(WriterTables tables, WriteWork work)
    {
        try
        {
            if (work.MayUndo)
                ApplyMarked(tables, work);
            else
                _ = work.Apply(tables);
            _applied.Add(work);
            return true;
        }
        catch (Exception e)
        {
            work.Fail(SqliteErrors.Translate(e, connection.Path));
            return TryUndo(tables, work, e);
        }
    }

    private static void ApplyMarked(WriterTables tables, WriteWork work)
    {
        tables.Mark();
        if (work.Apply(tables))
            tables.Keep();
        else
            tables.Undo();
    }

    private bool TryUndo(WriterTables tables, WriteWork work, Exception failure)
    {
        try
        {
            // SQLite ends the whole transaction for some errors, such as a full disk.
            if (work.MayUndo && tables.InTransaction && (failure is not SqliteException sqlite || SqliteErrors.ConnectionIsSound(sqlite)))
            {
                tables.Undo();
                return true;
            }
        }
        catch (SqliteException)
        {
        }

        Recover(failure);
        return false;
    }

    // False: certainly nothing was kept, and the works are to be tried alone. Otherwise all were told.
    private bool TryCommit(WriterTables tables)
    {
        try
        {
            if (_applied.Count == 0)
            {
                tables.Rollback();
                return true;
            }

            hooks?.Committing?.Invoke();
            tables.Commit();
            Commits++;
            if (_applied.Exists(static work => work.LeavesPurge))
                tidying.IsDue = true;
        }
        catch (SqliteException e) when (SqliteErrors.CommitWasRefused(e))
        {
            Recover(e);
            if (_applied.Count > 1)
                return false;
            foreach (var work in _applied)
                work.Fail(SqliteErrors.Translate(e, connection.Path));
            return true;
        }
        catch (Exception e)
        {
            Recover(e);
            foreach (var work in _applied)
                work.Fail(e is SqliteException sqlite ? work.OutcomeUnknown(sqlite) : e);
            return true;
        }

        foreach (var work in _applied)
            work.Complete();
        return true;
    }

    // One work that doesn't fit on the disk must not take its neighbours with it.
    private void RunOneByOne()
    {
        var works = _applied.ToArray();
        foreach (var work in works)
        {
            _applied.Clear();
            try
            {
                var tables = Begin();
                if (Apply(tables, work))
                    _ = TryCommit(tables);
            }
            catch (Exception e)
            {
                Recover(e);
                work.Fail(SqliteErrors.Translate(e, connection.Path));
            }
        }
    }

    private void FailAll(WriteWork first, ChannelReader<WriteWork> waiting, Exception failure)
    {
        // They waited for the same lock or file: they need not wait for it again, one after the other.
        first.Fail(SqliteErrors.Translate(failure, connection.Path));
        for (int count = 1; count < MaxWorks && waiting.TryRead(out var next); count++)
        {
            if (next.TryTake())
                next.Fail(SqliteErrors.Translate(failure, connection.Path));
        }
    }

    // Leaves no transaction open; a connection that may be in doubt is not used again.
    private void Recover(Exception failure)
    {
        if (failure is SqliteException sqlite && SqliteErrors.ConnectionIsSound(sqlite))
        {
            try
            {
                connection.Open().Rollback();
                return;
            }
            catch (Exception)
            {
            }
        }

        connection.Close();
    }
}
