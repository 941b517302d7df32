namespace HybridStore.Coordination;

/// <summary>Where a commit goes, given what works: the protocol's table. Pure: everything it depends on is an argument.</summary>
internal static class CommitDecision
{
    /// <summary>Decides the route of a commit.</summary>
    /// <param name="durability">What it must achieve.</param>
    /// <param name="coldIsUp">Whether cold answers, as far as is known.</param>
    /// <param name="hotIsUp">Whether hot answers, as far as is known.</param>
    /// <param name="mayQueue">Whether the writer holds a lease and hot has an outbox (protocol rules 2 and 9).</param>
    public static CommitRoute Decide(Durability durability, bool coldIsUp, bool hotIsUp, bool mayQueue)
    {
        var canQueue = hotIsUp && mayQueue;
        if (coldIsUp)
            return durability == Durability.Queued && canQueue ? CommitRoute.Queue : CommitRoute.Persist;
        return durability != Durability.Persisted && canQueue ? CommitRoute.Queue : CommitRoute.Refuse;
    }
}
