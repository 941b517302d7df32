using HybridStore.DependencyInjection;
using HybridStore.Tiers;
using Microsoft.Extensions.DependencyInjection;

namespace HybridStore.MongoDb;

/// <summary>Makes the cold tier of <c>mongodb://...</c>. The core finds it by its name.</summary>
public sealed class MongoDbColdTierFactory : IColdTierFactory
{
    /// <inheritdoc/>
    public string Scheme => "mongodb";

    /// <inheritdoc/>
    public IColdTier Create(ColdTierUri uri, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return new MongoDbColdTier($"{uri.Scheme}:{uri.Rest}", options: null, services.GetService<TimeProvider>());
    }
}
