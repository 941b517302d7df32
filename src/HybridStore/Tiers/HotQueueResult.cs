namespace HybridStore.Tiers;

/// <summary>What became of a commit to hot and outbox.</summary>
/// <param name="Status">What became of it. Everything but <see cref="HotQueueStatus.Queued"/> changed nothing.</param>
/// <param name="Version">Queued and repeated: the version that the last patch made. Otherwise hot's version; 0 if hot has no meta.</param>
public sealed record HotQueueResult(HotQueueStatus Status, long Version);
