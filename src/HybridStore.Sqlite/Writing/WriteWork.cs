using Microsoft.Data.Sqlite;

namespace HybridStore.Sqlite.Writing;

/// <summary>Something to be done in a transaction of the writer, which it may share with others.</summary>
internal abstract class WriteWork
{
    private const int Waiting = 0;
    private const int Taken = 1;
    private const int Cancelled = 2;

    private int _state;

    /// <summary>About how many bytes it writes; a group of works is bounded by them.</summary>
    public virtual long Bytes => 0;

    /// <summary>Whether it leaves records to be removed when the writer is idle.</summary>
    public virtual bool LeavesPurge => false;

    /// <summary>Whether it may find out that it is not to be kept after it has begun to write. Only such a work needs a savepoint of its own.</summary>
    public virtual bool MayUndo => false;

    /// <summary>Does it. May be done again from the start, if the transaction was lost to something else.</summary>
    /// <returns>Whether what it changed is to be kept.</returns>
    public abstract bool Apply(WriterTables tables);

    /// <summary>Tells the caller what came of it, after the transaction was committed.</summary>
    public abstract void Complete();

    /// <summary>Tells the caller that nothing came of it.</summary>
    public abstract void Fail(Exception exception);

    /// <summary>What to tell the caller if it is not known whether the transaction was kept.</summary>
    public abstract Exception OutcomeUnknown(SqliteException failure);

    /// <summary>The writer begins: from here on it is brought to its end.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    protected bool TryCancel() => Interlocked.CompareExchange(ref _state, Cancelled, Waiting) == Waiting;
}
