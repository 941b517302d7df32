namespace HybridStore.Tiers;

/// <summary>A lease that was granted.</summary>
/// <param name="Session">The session.</param>
/// <param name="Epoch">The epoch that fences off former holders.</param>
public readonly record struct LeaseRef(AuthSessionId Session, long Epoch);
