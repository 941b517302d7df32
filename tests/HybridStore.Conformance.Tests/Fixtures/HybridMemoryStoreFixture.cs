using HybridStore.InMemory;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests;

/// <summary>The store over both tiers in memory; the hot one is each process's own.</summary>
public class HybridMemoryStoreFixture : MemoryStoreFixture
{
    protected override ValueTask<IHotTier?> OpenHotAsync() => ValueTask.FromResult<IHotTier?>(BreakHot(new InMemoryHotTier(64 * 1024 * 1024)));

    /// <summary>What a broken tier overrides.</summary>
    protected virtual IHotTier BreakHot(IHotTier sound) => sound;
}
