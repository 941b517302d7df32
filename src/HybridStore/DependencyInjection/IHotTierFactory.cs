using HybridStore.Tiers;

namespace HybridStore.DependencyInjection;

/// <summary>Makes the hot tier of a scheme, so that configuration can choose it by <see cref="HybridAuthStoreOptions.Hot"/>.</summary>
public interface IHotTierFactory
{
    /// <summary>The scheme, in lower case, such as <c>redis</c>.</summary>
    string Scheme { get; }

    /// <summary>Makes the tier.</summary>
    /// <param name="uri">What was configured.</param>
    /// <param name="services">The application's services.</param>
    IHotTier Create(HotTierUri uri, IServiceProvider services);
}
