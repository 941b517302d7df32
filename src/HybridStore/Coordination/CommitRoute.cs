namespace HybridStore.Coordination;

/// <summary>Where a commit goes.</summary>
internal enum CommitRoute
{
    /// <summary>One cold transaction, then hot.</summary>
    Persist = 1,

    /// <summary>Hot and outbox in one atomic step.</summary>
    Queue = 2,

    /// <summary>Nowhere: no tier can give what was asked.</summary>
    Refuse = 3,
}
