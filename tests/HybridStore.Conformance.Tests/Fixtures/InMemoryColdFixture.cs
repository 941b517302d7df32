using HybridStore.Conformance.Tiers;
using HybridStore.InMemory;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests;

public class InMemoryColdFixture : ColdTierFixture
{
    private readonly InMemoryColdTier _tier;

    public InMemoryColdFixture() => _tier = new InMemoryColdTier(Clock);

    public ManualClock Clock { get; } = new();

    public override bool CanReopen => false;

    // Every "process" of the test shares the one memory.
    public override ValueTask<IColdTier> OpenAsync() => ValueTask.FromResult(Break(_tier));

    public override ValueTask AdvanceAsync(TimeSpan by)
    {
        Clock.Advance(by);
        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync() => _tier.DisposeAsync();

    /// <summary>What a broken tier overrides.</summary>
    protected virtual IColdTier Break(IColdTier sound) => sound;
}
