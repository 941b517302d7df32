using HybridStore.Tiers;

namespace HybridStore.Coordination;

/// <summary>What a read may believe. Pure: everything it depends on is an argument.</summary>
internal static class ReadDecision
{
    /// <summary>Decides whether hot may answer (protocol rule 4: hot is never believed by default).</summary>
    public static HotTrust JudgeHot(HotRead hot, SeenMark seen, DateTimeOffset now)
    {
        if (hot.Meta is not { } meta)
            return HotTrust.NoMeta;
        if (meta.RunId != hot.RunId)
            return HotTrust.OtherRun;
        if (new SeenMark(meta.Incarnation, meta.Version) < seen)
            return HotTrust.Behind;
        if (now >= meta.GoodUntil)
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
