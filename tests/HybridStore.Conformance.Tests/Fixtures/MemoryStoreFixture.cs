using HybridStore.Conformance.Stores;
using HybridStore.InMemory;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests;

/// <summary>The store over the in-memory cold tier alone.</summary>
public class MemoryStoreFixture : HybridAuthStoreFixture
{
    private readonly InMemoryColdTier _cold;

    public MemoryStoreFixture() => _cold = new InMemoryColdTier(Clock);

    // The stores share the memory, and it outlives each of them.
    public override bool CanReopen => true;

    protected override bool DisposesTiers => false;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _cold.DisposeAsync();
    }

    protected override ValueTask<IColdTier> OpenColdAsync() => ValueTask.FromResult(BreakCold(_cold));

    /// <summary>What a broken tier overrides.</summary>
    protected virtual IColdTier BreakCold(IColdTier sound) => sound;
}
