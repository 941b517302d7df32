using HybridStore.Tiers;

namespace HybridStore.DependencyInjection;

/// <summary>Makes the cold tier of a scheme, so that configuration can choose it by <see cref="HybridAuthStoreOptions.Cold"/>.</summary>
public interface IColdTierFactory
{
    /// <summary>The scheme, in lower case, such as <c>sqlite</c>.</summary>
    string Scheme { get; }

    /// <summary>Makes the tier.</summary>
    /// <param name="uri">What was configured.</param>
    /// <param name="services">The application's services.</param>
    IColdTier Create(ColdTierUri uri, IServiceProvider services);
}
