namespace HybridStore;

/// <summary>A version of a session that can be gone back to.</summary>
/// <param name="Version">The version.</param>
/// <param name="At">When the cold tier took it, by its own clock.</param>
/// <param name="Changes">How many records of kept types it changed; 0: it is where history begins.</param>
/// <param name="StoredBytes">How many bytes of envelopes they had then, as stored.</param>
public sealed record AuthHistoryVersion(long Version, DateTimeOffset At, int Changes, long StoredBytes);
