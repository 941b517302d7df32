using HybridStore.DependencyInjection;
using HybridStore.Redis.Connection;
using HybridStore.Tiers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HybridStore.Redis;

/// <summary>Makes the hot tier of <c>redis:CONNECTION-STRING</c>, and of the URLs <c>redis://user:password@host:port/database</c> and <c>rediss://...</c>, over TLS. The core finds it by its name.</summary>
public sealed class RedisHotTierFactory : IHotTierFactory
{
    /// <inheritdoc/>
    public string Scheme => "redis";

    /// <inheritdoc/>
    public IHotTier Create(HotTierUri uri, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return new RedisHotTier(RedisUrl.ConnectionStringOf(uri.Scheme, uri.Rest), options: null, services.GetService<TimeProvider>(), services.GetService<ILogger<RedisHotTier>>());
    }
}
