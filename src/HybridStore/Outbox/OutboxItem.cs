namespace HybridStore;

/// <summary>A queued commit, without names of records, which are phone numbers, and without values.</summary>
/// <param name="Version">The session version that it makes.</param>
/// <param name="CommitId">Its name.</param>
/// <param name="Epoch">The lease under which it was queued.</param>
/// <param name="Commits">How many commits were coalesced into it, from 1.</param>
/// <param name="Bytes">The bytes of its envelopes.</param>
/// <param name="Types">What it changes, by type.</param>
public sealed record OutboxItem(long Version, CommitId CommitId, long Epoch, int Commits, long Bytes, IReadOnlyList<AuthTypeSummary> Types);
