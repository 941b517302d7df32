using HybridStore.Tiers;
using Microsoft.Extensions.DependencyInjection;

namespace HybridStore.DependencyInjection;

/// <summary>Chooses the tiers of a registered store. Each adapter package adds its own <c>Use…</c> method.</summary>
public interface IHybridAuthStoreBuilder
{
    /// <summary>The services that the store is registered in.</summary>
    IServiceCollection Services { get; }

    /// <summary>The store's service key, or <see langword="null"/> for the one without.</summary>
    object? ServiceKey { get; }

    /// <summary>The name of the store's <see cref="HybridAuthStoreOptions"/>.</summary>
    string OptionsName { get; }

    /// <summary>Chooses the cold tier, whatever configuration says. The store disposes of it.</summary>
    /// <param name="create">Makes the tier.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="InvalidOperationException">A cold tier was chosen already.</exception>
    IHybridAuthStoreBuilder UseColdTier(Func<IServiceProvider, IColdTier> create);

    /// <summary>Chooses the hot tier. The store disposes of it.</summary>
    /// <param name="create">Makes the tier; <see langword="null"/> for none, so that everything is read from and written to cold.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="InvalidOperationException">A hot tier was chosen already.</exception>
    IHybridAuthStoreBuilder UseHotTier(Func<IServiceProvider, IHotTier?> create);
}
