using HybridStore.Tiers;

namespace HybridStore.Coordination;

/// <summary>What a read may believe. Pure: everything it depends on is an argument.</summary>
internal static class ReadDecision
{
    /// <summary>Decides whether hot may answer (protocol rule 4: hot is never believed by default).</summary>
    /// <param name="hot">What hot said.</param>
    /// <param name="seen">How far this process has seen the session.</param>
    /// <param name="now">The time.</param>
    /// <param name="holds">
    /// Whether this process holds the lease: then it knows exactly where the session is, and hot answers there, however long ago cold confirmed it, and nowhere else.
    /// </param>
    public static HotTrust JudgeHot(HotRead hot, SeenMark seen, DateTimeOffset now, bool holds)
    {
        if (hot.Meta is not { } meta)
            return HotTrust.NoMeta;
        if (meta.RunId != hot.RunId)
            return HotTrust.OtherRun;
        var position = new SeenMark(meta.Incarnation, meta.Version);
        if (position < seen)
            return HotTrust.Behind;
        if (holds && position > seen)
            return HotTrust.Ahead;
        if (!holds && now >= meta.GoodUntil)
            return HotTrust.Expired;
        for (var i = 0; i < hot.Records.Count; i++)
        {
            if (hot.Records[i] is null)
                return HotTrust.Incomplete;
        }

        return HotTrust.Believed;
    }

    /// <summary>Where cold says that the session is: what this process has seen must not be beyond it (protocol rule 11).</summary>
    public static SeenMark PositionOf(SessionHead? head, long lastEndedIncarnation) =>
        head is null ? SeenMark.EndOf(lastEndedIncarnation) : new SeenMark(head.Incarnation, head.Version);

    /// <summary>Whether cold may be behind what was queued in hot, so that its answer counts only once hot's outbox is known to be empty (protocol rule 3).</summary>
    public static bool MayBeBehind(SessionHead? head, long heldEpoch) => head is { AheadEpoch: not 0 } && head.AheadEpoch != heldEpoch;
}
