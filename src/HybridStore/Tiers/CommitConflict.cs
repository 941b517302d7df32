namespace HybridStore.Tiers;

/// <summary>A version that was not the expected one.</summary>
/// <param name="Key">The record, or <see langword="null"/> for the session itself.</param>
/// <param name="Expected">The version expected; 0: absent.</param>
/// <param name="Actual">The version found; 0: absent.</param>
public sealed record CommitConflict(AuthKey? Key, long Expected, long Actual);
