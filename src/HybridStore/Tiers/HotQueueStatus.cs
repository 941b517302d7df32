namespace HybridStore.Tiers;

/// <summary>What became of a commit to hot and outbox.</summary>
public enum HotQueueStatus
{
    /// <summary>It is in hot and in the outbox.</summary>
    Queued = 1,

    /// <summary>The commit id is already there.</summary>
    Repeated = 2,

    /// <summary>Hot has no meta for the session: it must be adopted first.</summary>
    NoMeta = 3,

    /// <summary>Hot is not at the patch's predecessor.</summary>
    OutOfOrder = 4,

    /// <summary>Hot knows a higher epoch.</summary>
    Fenced = 5,

    /// <summary>Hot holds another incarnation.</summary>
    IncarnationEnded = 6,

    /// <summary>The outbox is at its bound in entries or bytes.</summary>
    Full = 7,
}
