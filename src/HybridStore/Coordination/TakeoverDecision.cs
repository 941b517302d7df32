using HybridStore.Tiers;

namespace HybridStore.Coordination;

/// <summary>Whether hot can be trusted to have everything that was queued under leases before (protocol rule 3). Pure: everything it depends on is an argument.</summary>
internal static class TakeoverDecision
{
    /// <summary>How far a version is moved where queued commits were lost: no entry of the lost branch, should it come back, can ever fit onto the new one.</summary>
    public const long RollbackJump = 1L << 32;

    /// <summary>Decides whether the entries that hot has are all there were.</summary>
    /// <param name="formerAheadEpoch">The ahead mark that cold carried; 0: cold is complete.</param>
    /// <param name="sessionExists">Whether cold has the session: nothing is queued before its first commit.</param>
    /// <param name="hot">What hot knew when the new epoch was installed.</param>
    public static bool IsComplete(long formerAheadEpoch, bool sessionExists, HotInstallation hot)
    {
        if (formerAheadEpoch == 0 || !sessionExists)
            return true;
        if (hot.Former is not { Epoch: not 0 } former || former.RunId.Length == 0)
            return false;

        // In the run in which it was last vouched for, hot has lost nothing: a lower epoch than the mark's is then of a holder that never came to queue.
        return former.RunId == hot.RunId || (hot.KeepsEverything && former.Epoch >= formerAheadEpoch);
    }
}
