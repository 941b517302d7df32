using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>A cold tier for one test: a database of its own, empty at first, and as many tiers over it as the test opens.</summary>
/// <remarks>Derive from it, and give it to each contract as its type argument.</remarks>
public abstract class ColdTierFixture : IAsyncDisposable
{
    /// <summary>Opens the tier. Each further one is what another process would be: it sees the same database. The fixture disposes of them.</summary>
    public abstract ValueTask<IColdTier> OpenAsync();

    /// <summary>Whether what was committed is there after every tier was disposed of, and another was opened. Only a tier for throw-away data may say no.</summary>
    public virtual bool CanReopen => true;

    /// <summary>How long the tests' leases are. A tier with a clock of its own makes it short enough to wait for.</summary>
    /// <value>30 seconds by default.</value>
    public virtual TimeSpan LeaseDuration => TimeSpan.FromSeconds(30);

    /// <summary>Lets time pass by the tier's clock: moves a manual clock, or waits.</summary>
    /// <param name="by">At least how long.</param>
    public abstract ValueTask AdvanceAsync(TimeSpan by);

    /// <summary>Disposes of the tiers and removes the database.</summary>
    public abstract ValueTask DisposeAsync();
}
