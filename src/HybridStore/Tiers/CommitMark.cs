namespace HybridStore.Tiers;

/// <summary>A commit that a tier remembers, so that a repeat of it is recognised.</summary>
/// <param name="Id">The commit's name.</param>
/// <param name="Version">The session version that it made.</param>
public readonly record struct CommitMark(CommitId Id, long Version);
