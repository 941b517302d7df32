using HybridStore.Outbox;
using HybridStore.Tiers;

namespace HybridStore.Coordination;

/// <summary>Puts together what cold has and what is not there yet. Pure.</summary>
internal static class OverlayDecision
{
    /// <summary>Lays the holder's queued changes over cold's records.</summary>
    /// <param name="keys">The records asked for.</param>
    /// <param name="cold">What cold said, for each.</param>
    /// <param name="queued">The newest queued change of each, if there is one.</param>
    public static IReadOnlyList<SealedRecord> Overlay(IReadOnlyList<AuthKey> keys, IReadOnlyList<SealedRecord> cold, QueuedChange?[] queued)
    {
        var records = new SealedRecord[cold.Count];
        for (var i = 0; i < records.Length; i++)
        {
            records[i] = queued[i] is not { } change ? cold[i]
                : change.Envelope is { } envelope ? new SealedRecord(keys[i], change.Version, envelope)
                : SealedRecord.Absent(keys[i]);
        }

        return records;
    }

    /// <summary>Lays hot's records over cold's, where hot is ahead and right: what it lacks was not changed since it began.</summary>
    /// <param name="cold">What cold said, for each record asked for.</param>
    /// <param name="hot">What hot said, for each.</param>
    public static IReadOnlyList<SealedRecord> Overlay(IReadOnlyList<SealedRecord> cold, IReadOnlyList<SealedRecord?> hot)
    {
        var records = new SealedRecord[cold.Count];
        for (var i = 0; i < records.Length; i++)
            records[i] = hot[i] ?? cold[i];
        return records;
    }
}
