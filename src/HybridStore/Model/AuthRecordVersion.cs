namespace HybridStore;

/// <summary>A former version of a record.</summary>
/// <param name="Version">The version that wrote it.</param>
/// <param name="ReplacedBy">The session's version that replaced or deleted it.</param>
/// <param name="ReplacedAt">When that was, by the cold tier's clock.</param>
/// <param name="StoredBytes">How many bytes of envelope it has.</param>
public sealed record AuthRecordVersion(long Version, long ReplacedBy, DateTimeOffset ReplacedAt, long StoredBytes);
