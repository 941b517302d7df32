using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>A hot tier for one test: empty at first, and with room for what a test puts in, about 32 MiB.</summary>
/// <remarks>
/// Derive from it, and give it to each contract as its type argument. What a tier can't be made to do, its fixture leaves out: those methods say
/// <see langword="false"/>, and the tests that need them are skipped.
/// </remarks>
public abstract class HotTierFixture : IAsyncDisposable
{
    /// <summary>How long the leases of the tests are. A fixture whose tier has a clock of its own makes it short, and waits in <see cref="PassTimeAsync"/>.</summary>
    public virtual TimeSpan LeaseDuration => TimeSpan.FromSeconds(30);

    /// <summary>Opens the tier; called again, another process's. Those of a shared tier hold the same. The fixture disposes of them.</summary>
    public abstract ValueTask<IHotTier> OpenAsync();

    /// <summary>Lets time pass on the tier's clock.</summary>
    /// <param name="by">How much, at least.</param>
    /// <returns>Whether it did.</returns>
    public virtual ValueTask<bool> PassTimeAsync(TimeSpan by) => new(false);

    /// <summary>Stops the tier and starts it with all it held, as another run. Tiers that are open reach it again.</summary>
    /// <returns>Whether it did.</returns>
    public virtual ValueTask<bool> RestartAsync() => new(false);

    /// <summary>Loses everything that the tier holds.</summary>
    /// <returns>Whether it did.</returns>
    public virtual ValueTask<bool> FlushAsync() => new(false);

    /// <summary>Loses the records and meta of a session and nothing else, as a server does that runs out of memory.</summary>
    /// <param name="session">The session.</param>
    /// <returns>Whether it did.</returns>
    public virtual ValueTask<bool> DropRecordsAsync(AuthSessionId session) => new(false);

    /// <summary>Lets everything expire that may, as if it had been idle for long.</summary>
    /// <returns>Whether it did.</returns>
    public virtual ValueTask<bool> ExpireIdleAsync() => new(false);

    /// <summary>Disposes of the tiers and removes what they held.</summary>
    public abstract ValueTask DisposeAsync();
}
