namespace HybridStore;

/// <summary>What became of a session of a backup.</summary>
/// <param name="Session">The session.</param>
/// <param name="Outcome">Whether it is there.</param>
/// <param name="Incarnation">The life that it has now; 0: it was left as it is.</param>
/// <param name="Version">The version that it has now.</param>
/// <param name="Records">How many records it has.</param>
/// <param name="Dropped">How many records of the backup it was not given, since they must not be used again after going back.</param>
public sealed record RestoredSession(AuthSessionId Session, RestoreOutcome Outcome, long Incarnation, long Version, long Records, long Dropped);
