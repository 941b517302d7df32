namespace HybridStore;

/// <summary>What became of a session in a backup.</summary>
/// <param name="Session">The session.</param>
/// <param name="Outcome">Whether it is in the file.</param>
/// <param name="Incarnation">The life that was saved.</param>
/// <param name="Version">The version at which it was saved.</param>
/// <param name="Records">How many records.</param>
/// <param name="Bytes">How many bytes of envelopes.</param>
public sealed record BackedUpSession(AuthSessionId Session, BackupOutcome Outcome, long Incarnation, long Version, long Records, long Bytes);
