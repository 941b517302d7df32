namespace HybridStore.Backup;

/// <summary>Where a session is in a file that was verified.</summary>
/// <param name="Session">The session.</param>
/// <param name="Incarnation">The life that was saved.</param>
/// <param name="Version">The version at which it was saved.</param>
/// <param name="Items">How many records or keys.</param>
/// <param name="Offset">Where the first of them begins.</param>
/// <param name="Digest">The checksum, which tells this section from any other.</param>
internal sealed record BackupSection(AuthSessionId Session, long Incarnation, long Version, long Items, long Offset, byte[] Digest);
