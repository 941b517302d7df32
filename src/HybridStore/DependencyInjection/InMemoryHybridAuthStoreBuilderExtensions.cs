using HybridStore.DependencyInjection;
using HybridStore.InMemory;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses memory.</summary>
public static class InMemoryHybridAuthStoreBuilderExtensions
{
    /// <summary>Keeps the store's sessions in this process's memory only: all of them are lost when it ends. For tests and throw-away sessions.</summary>
    /// <param name="builder">The store's builder.</param>
    /// <returns>The builder.</returns>
    public static IHybridAuthStoreBuilder UseInMemoryCold(this IHybridAuthStoreBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseColdTier(static provider => new InMemoryColdTier(provider.GetService<TimeProvider>()));
    }
}
