using HybridStore.Conformance.Tiers;
using HybridStore.InMemory;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests;

public class InMemoryHotFixture : HotTierFixture
{
    private readonly InMemoryHotTier _tier = new(64 * 1024 * 1024);

    public override ValueTask<IHotTier> OpenAsync() => ValueTask.FromResult(Break(_tier));

    public override ValueTask DisposeAsync() => _tier.DisposeAsync();

    /// <summary>What a broken tier overrides.</summary>
    protected virtual IHotTier Break(IHotTier sound) => sound;
}
