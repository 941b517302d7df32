namespace HybridStore.Tiers;

/// <summary>The ring of master keys as cold holds it.</summary>
/// <param name="Version">How often it was written; 0: never.</param>
/// <param name="Content">What it says, opaque to the tier: ids, states, times, and keys only as their provider wrapped them.</param>
public readonly record struct ColdKeyRing(long Version, ReadOnlyMemory<byte> Content);
