using HybridStore.Conformance.Tiers;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests;

public class ModelHotFixture : HotTierFixture
{
    public ModelHotFixture() => Server = new ModelHotServer(Clock);

    public ManualClock Clock { get; } = new();

    public ModelHotServer Server { get; }

    public override ValueTask<IHotTier> OpenAsync() => ValueTask.FromResult(Break(Server.Connect()));

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What a broken tier overrides.</summary>
    protected virtual IHotTier Break(IHotTier sound) => sound;
}
