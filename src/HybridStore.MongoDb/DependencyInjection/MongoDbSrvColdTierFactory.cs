using HybridStore.DependencyInjection;
using HybridStore.Tiers;

namespace HybridStore.MongoDb;

/// <summary>Makes the cold tier of <c>mongodb+srv://...</c>, whose servers are listed in the DNS. The core finds it by its name.</summary>
public sealed class MongoDbSrvColdTierFactory : IColdTierFactory
{
    private readonly MongoDbColdTierFactory _factory = new();

    /// <inheritdoc/>
    public string Scheme => "mongodb+srv";

    /// <inheritdoc/>
    public IColdTier Create(ColdTierUri uri, IServiceProvider services) => _factory.Create(uri, services);
}
