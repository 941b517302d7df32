using HybridStore.DependencyInjection;
using HybridStore.Tiers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HybridStore.PostgreSql;

/// <summary>Makes the cold tier of <c>postgresql://user:password@host:port/database</c>, or <c>postgresql:Host=…;Username=…</c>. The core finds it by its name.</summary>
public class PostgreSqlColdTierFactory : IColdTierFactory
{
    /// <inheritdoc/>
    public virtual string Scheme => "postgresql";

    /// <inheritdoc/>
    public IColdTier Create(ColdTierUri uri, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(uri);
        var connectionString = uri.Rest.StartsWith("//", StringComparison.Ordinal) ? $"{uri.Scheme}:{uri.Rest}" : uri.Rest;
        return new PostgreSqlColdTier(connectionString, options: null, services.GetService<TimeProvider>(), services.GetService<ILogger<PostgreSqlColdTier>>());
    }
}
