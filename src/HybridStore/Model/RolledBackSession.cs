namespace HybridStore;

/// <summary>What became of a session that was rolled back.</summary>
/// <param name="Session">The session.</param>
/// <param name="To">The version whose records it has.</param>
/// <param name="From">The version that it had before.</param>
/// <param name="Version">The version that it has now.</param>
/// <param name="Records">How many records it has.</param>
/// <param name="Dropped">How many records it lost, since they must not be used again after going back.</param>
public sealed record RolledBackSession(AuthSessionId Session, long To, long From, long Version, long Records, long Dropped);
