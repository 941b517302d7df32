using HybridStore.DependencyInjection;
using HybridStore.Redis.Connection;
using HybridStore.Tiers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HybridStore.Redis;

/// <summary>Makes the cold tier of <c>redis:CONNECTION-STRING</c>, and of the URLs <c>redis://user:password@host:port/database</c> and <c>rediss://...</c>, over TLS: Redis as the place that the sessions are kept in. The core finds it by its name.</summary>
/// <remarks>
/// Options are the defaults; then <c>HYBRIDSTORE_REDIS_UNSAFE_SERVER</c>, <c>Warn</c> or <c>Refuse</c>; then what the application's services configure
/// (<c>services.Configure&lt;RedisColdTierOptions&gt;(...)</c>).
/// </remarks>
public sealed class RedisColdTierFactory : IColdTierFactory
{
    private const string UnsafeServerVariable = "HYBRIDSTORE_REDIS_UNSAFE_SERVER";

    /// <inheritdoc/>
    public string Scheme => "redis";

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The connection string is not understood, or an option is out of its range.</exception>
    public IColdTier Create(ColdTierUri uri, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(services);
        var options = new RedisColdTierOptions { UnsafeServer = FromEnvironment() };
        foreach (var configuration in services.GetServices<IConfigureOptions<RedisColdTierOptions>>())
            configuration.Configure(options);
        return new RedisColdTier(RedisUrl.ConnectionStringOf(uri.Scheme, uri.Rest), options, services.GetService<TimeProvider>(), services.GetService<ILogger<RedisColdTier>>());
    }

    private static UnsafeServer FromEnvironment()
    {
        if (Environment.GetEnvironmentVariable(UnsafeServerVariable) is not { Length: > 0 } text)
            return UnsafeServer.Warn;
        return Enum.GetNames<UnsafeServer>().FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } name
            ? Enum.Parse<UnsafeServer>(name)
            : throw new ArgumentException($"{UnsafeServerVariable} is none of {string.Join(", ", Enum.GetNames<UnsafeServer>())}.");
    }
}
