namespace HybridStore.Sessions;

/// <summary>A session that this process has taken.</summary>
/// <param name="Lease">Its lease; <see langword="null"/>: it is open without one.</param>
/// <param name="RolledBackAt">The version behind which queued commits were lost, or may have been, and nobody has acknowledged it; 0: none were.</param>
internal sealed record HeldSession(HeldLease? Lease, long RolledBackAt);
