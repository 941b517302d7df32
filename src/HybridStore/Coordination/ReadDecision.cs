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

    /// <summary>Decides what a cold tier's answer is worth to a reader without the lease, where an ahead mark says that cold may be behind (protocol rule 3).</summary>
    /// <param name="hot">What hot said before cold was asked; <see langword="null"/>: it did not answer.</param>
    /// <param name="head">What cold said.</param>
    public static ColdCompleteness JudgeCold(HotRead? hot, SessionHead head)
    {
        // Only who may queue vouches for the outbox, and only in the run in which it did: hot that lost it would look like one that is empty.
        if (hot?.Outbox is not { } outbox || outbox.Epoch != head.AheadEpoch || outbox.RunId != hot.RunId || outbox.Incarnation != head.Incarnation)
            return ColdCompleteness.Unknown;

        // Empty as far as it matters: what may still stand there cold has, though hot was not told of it yet.
        if (outbox.Version <= head.Version)
            return ColdCompleteness.Complete;
        return hot.Meta is { } meta && meta.RunId == hot.RunId && meta.Incarnation == head.Incarnation && meta.Version >= head.Version && meta.Version == outbox.Version
            ? ColdCompleteness.HotIsAhead
            : ColdCompleteness.Unknown;
    }

    /// <summary>Where cold says that the session is: what this process has seen must not be beyond it (protocol rule 11).</summary>
    public static SeenMark PositionOf(SessionHead? head, long lastEndedIncarnation) =>
        head is null ? SeenMark.EndOf(lastEndedIncarnation) : new SeenMark(head.Incarnation, head.Version);

    /// <summary>Whether cold may be behind what was queued in hot, so that its answer counts only once hot's outbox is known to be empty (protocol rule 3).</summary>
    public static bool MayBeBehind(SessionHead? head) => head is { AheadEpoch: not 0 };

    /// <summary>The same, where hot was asked before cold: cold that went back may have forgotten a lease, and its ahead mark with it, while hot has what was queued under it.</summary>
    /// <param name="hot">What hot said before cold was asked; <see langword="null"/>: it did not answer.</param>
    /// <param name="head">What cold said.</param>
    public static bool MayBeBehind(HotRead? hot, SessionHead head) => MayBeBehind(head)
        || (hot?.Outbox is { } outbox && outbox.Incarnation == head.Incarnation && outbox.Epoch > head.Epoch && outbox.Version > head.Version);
}
