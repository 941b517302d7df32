using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>A hot tier for one test: empty at first, and with room for what a test puts in, about 16 MiB.</summary>
/// <remarks>Derive from it, and give it to each contract as its type argument.</remarks>
public abstract class HotTierFixture : IAsyncDisposable
{
    /// <summary>Opens the tier. The fixture disposes of it.</summary>
    public abstract ValueTask<IHotTier> OpenAsync();

    /// <summary>Disposes of the tier and removes what it held.</summary>
    public abstract ValueTask DisposeAsync();
}
