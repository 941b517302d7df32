namespace HybridStore.Tiers;

/// <summary>What became of a commit to hot and outbox.</summary>
public enum HotQueueStatus
{
    /// <summary>It is in hot and in the outbox.</summary>
    Queued = 1,

    /// <summary>The last patch's commit id is already there.</summary>
    Repeated = 2,

    /// <summary>Hot has no meta for the session, or one of another run: it must be adopted first.</summary>
    NoMeta = 3,

    /// <summary>Hot is not at the predecessor.</summary>
    OutOfOrder = 4,

    /// <summary>Hot's epoch is not the commit's.</summary>
    Fenced = 5,

    /// <summary>Hot holds another incarnation.</summary>
    IncarnationEnded = 6,
}
