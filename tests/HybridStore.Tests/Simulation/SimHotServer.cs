using HybridStore.InMemory;

namespace HybridStore.Tests.Simulation;

/// <summary>What hot tiers talk to.</summary>
internal sealed class SimHotServer(long budgetBytes)
{
    public InMemoryHotTier Tier { get; private set; } = new(budgetBytes);

    /// <summary>Comes back empty, under another run.</summary>
    public void Restart() => Tier = new InMemoryHotTier(budgetBytes);
}
