namespace HybridStore.Tiers;

/// <summary>What a deletion left behind.</summary>
/// <param name="Existed">Whether there was a session to delete.</param>
/// <param name="Incarnation">The life that ended, now or earlier; 0: the session never lived.</param>
/// <param name="LastVersion">The version at which it ended.</param>
/// <param name="Epoch">The raised epoch, which fences every former holder.</param>
public sealed record ColdDeletion(bool Existed, long Incarnation, long LastVersion, long Epoch);
