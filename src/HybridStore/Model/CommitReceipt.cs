namespace HybridStore;

/// <summary>What a commit returns. The same commit id, committed again, returns the same incarnation and version.</summary>
/// <param name="CommitId">The commit's name.</param>
/// <param name="Incarnation">The life of the session that took it, from 1.</param>
/// <param name="Version">The session's version that the commit made, from 1.</param>
/// <param name="Outcome">Where it is.</param>
/// <param name="IsRepeat">Whether it had been taken before, and this call changed nothing.</param>
public sealed record CommitReceipt(CommitId CommitId, long Incarnation, long Version, CommitOutcome Outcome, bool IsRepeat);
