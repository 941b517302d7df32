using HybridStore.Tiers;

namespace HybridStore.Sessions;

/// <summary>What is committed in one step, sealed for cold and as this process will hold it.</summary>
/// <param name="Commit">What cold gets.</param>
/// <param name="Keys">The keys that sealed it.</param>
/// <param name="Changed">For each patch, the records that it writes, for the in-process tier; their version is not known yet.</param>
internal sealed record SealedStep(ColdCommit Commit, SessionKeys Keys, IReadOnlyList<IReadOnlyList<AuthRecord>> Changed);
