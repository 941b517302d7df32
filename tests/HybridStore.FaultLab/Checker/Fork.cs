namespace HybridStore.FaultLab.Checker;

/// <summary>A rollback: what was written after some version, and before the new branch, is gone. Where that was is learned from what is read.</summary>
internal sealed class Fork(long kept, long before, long begin, bool isAccepted)
{
    /// <summary>Whether an operator went on with an older database: then what must not be used twice is gone too, however old it is.</summary>
    public bool IsAccepted { get; } = isAccepted;

    /// <summary>The newest version that was told when it was found.</summary>
    public long Before { get; } = before;

    /// <summary>Everything up to here is kept.</summary>
    public long Kept { get; set; } = kept;

    /// <summary>Nothing from here on is.</summary>
    public long End { get; set; } = begin;

    /// <summary>The first version that was told of the new branch.</summary>
    public long Begin { get; set; } = begin;
}
