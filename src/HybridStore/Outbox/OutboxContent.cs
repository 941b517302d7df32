using HybridStore.Tiers;

namespace HybridStore;

/// <summary>What a session has queued.</summary>
/// <param name="Session">The session.</param>
/// <param name="Waiting">How many commits wait.</param>
/// <param name="Entries">The oldest of them, in order.</param>
/// <param name="Parked">What stops them, if something does.</param>
public sealed record OutboxContent(AuthSessionId Session, long Waiting, IReadOnlyList<OutboxItem> Entries, ParkedEntry? Parked);
