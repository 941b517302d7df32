using HybridStore.Tiers;

namespace HybridStore;

/// <summary>A session that may have queued commits.</summary>
/// <param name="Session">The session.</param>
/// <param name="ColdVersion">The version that cold has; 0: it was not created yet.</param>
/// <param name="Waiting">How many commits wait in hot; <see langword="null"/>: hot knows nothing of the session.</param>
/// <param name="Parked">What stops them, if something does.</param>
public sealed record OutboxSession(AuthSessionId Session, long ColdVersion, long? Waiting, ParkedEntry? Parked);
