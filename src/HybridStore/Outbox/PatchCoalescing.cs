using HybridStore.Tiers;

namespace HybridStore.Outbox;

/// <summary>Makes one patch of several that follow each other: a record that was written a hundred times is drained once. Pure.</summary>
internal static class PatchCoalescing
{
    /// <summary>Coalesces patches.</summary>
    /// <param name="patches">At least one, in order; each names as its predecessor the version that the one before it made.</param>
    public static SealedPatch Coalesce(IReadOnlyList<SealedPatch> patches)
    {
        if (patches.Count == 1)
            return patches[0];
        var changes = new Dictionary<AuthKey, SealedChange>();
        var absorbed = new List<CommitMark>();
        foreach (var patch in patches)
        {
            foreach (var change in patch.Changes)
                changes[change.Key] = change with { Version = change.VersionIn(patch.Version) };
            absorbed.AddRange(patch.Absorbed);
            absorbed.Add(new CommitMark(patch.CommitId, patch.Version));
        }

        // The last one names the whole.
        absorbed.RemoveAt(absorbed.Count - 1);
        var last = patches[^1];
        absorbed.RemoveAll(mark => mark.Version <= last.Version - AuthLimits.RememberedCommits);
        return new SealedPatch
        {
            CommitId = last.CommitId,
            Predecessor = patches[0].Predecessor,
            Version = last.Version,
            Absorbed = absorbed,
            Changes = [.. changes.Values],
        };
    }
}
