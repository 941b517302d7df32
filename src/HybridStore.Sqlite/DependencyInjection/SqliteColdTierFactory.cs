using HybridStore.DependencyInjection;
using HybridStore.Tiers;
using Microsoft.Extensions.DependencyInjection;

namespace HybridStore.Sqlite;

/// <summary>Makes the cold tier of <c>sqlite:PATH</c>. The core finds it by its name, as the embedded default.</summary>
public sealed class SqliteColdTierFactory : IColdTierFactory
{
    /// <inheritdoc/>
    public string Scheme => "sqlite";

    /// <inheritdoc/>
    public IColdTier Create(ColdTierUri uri, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return new SqliteColdTier(new SqliteColdTierOptions { Path = uri.Rest }, services.GetService<TimeProvider>() ?? TimeProvider.System);
    }
}
