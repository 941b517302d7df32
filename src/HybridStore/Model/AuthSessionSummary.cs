namespace HybridStore;

/// <summary>A session's size, type by type.</summary>
/// <param name="Session">The session.</param>
/// <param name="Types">One entry for each type that has records, in order of its name by UTF-8 bytes.</param>
public sealed record AuthSessionSummary(AuthSessionInfo Session, IReadOnlyList<AuthTypeSummary> Types);

/// <summary>The size of one type of a session's records.</summary>
/// <param name="Type">The type.</param>
/// <param name="Records">How many records.</param>
/// <param name="StoredBytes">What their envelopes take in the cold tier, in bytes: compressed, encrypted, with headers.</param>
public sealed record AuthTypeSummary(string Type, long Records, long StoredBytes);
