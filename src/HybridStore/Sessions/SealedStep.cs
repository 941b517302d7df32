using HybridStore.Tiers;

namespace HybridStore.Sessions;

/// <summary>What is committed in one step, sealed for cold and as this process will hold it.</summary>
/// <param name="Commit">What cold gets.</param>
/// <param name="Keys">The keys that sealed it.</param>
/// <param name="Lease">The lease under which it was sealed; <see langword="null"/>: none, and then <paramref name="Changed"/> is empty.</param>
/// <param name="Changed">For each patch, the records that it writes, for the in-process tier; their version is not known yet.</param>
internal sealed record SealedStep(ColdCommit Commit, SessionKeys Keys, HeldLease? Lease, IReadOnlyList<IReadOnlyList<AuthRecord>> Changed)
{
    /// <summary>The version that the whole step makes, where the holder of the lease assigns versions; otherwise 0.</summary>
    public long Version => Commit.Patches[^1].Predecessor is null ? 0 : Commit.Patches[^1].Version;

    /// <summary>The version right before the step, where the holder of the lease assigns versions.</summary>
    public long Predecessor => Commit.Patches[0].Predecessor ?? 0;

    /// <summary>Whether hot was asked to queue it and did not say whether it has. Then only hot, or cold that takes it, tells what became of it.</summary>
    public bool MayBeInHot { get; set; }
}
