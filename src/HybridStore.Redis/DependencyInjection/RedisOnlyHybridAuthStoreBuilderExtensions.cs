using HybridStore.DependencyInjection;
using HybridStore.Redis;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses Redis as the only place of the sessions.</summary>
public static class RedisOnlyHybridAuthStoreBuilderExtensions
{
    /// <summary>
    /// Keeps the store's sessions in Redis and nowhere else: what was committed is as durable as the server's persistence, which the store says in the log when it
    /// starts. With a database behind Redis, nothing depends on that.
    /// </summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="connectionString">The server, in the form <c>host:port,option=value</c>. It may hold a password and is never shown.</param>
    /// <param name="configure">Sets the options; <see langword="null"/> for the defaults.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="InvalidOperationException">A cold or hot tier was chosen already: there is none beside it.</exception>
    public static IHybridAuthStoreBuilder UseRedisOnly(this IHybridAuthStoreBuilder builder, string connectionString, Action<RedisColdTierOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        return Use(builder, configure, (options, logger) => new RedisColdTier(connectionString, options, timeProvider: null, logger));
    }

    /// <inheritdoc cref="UseRedisOnly(IHybridAuthStoreBuilder, string, Action{RedisColdTierOptions}?)"/>
    /// <param name="builder">The store's builder.</param>
    /// <param name="configuration">Servers and how to reach them.</param>
    /// <param name="configure">Sets the options; <see langword="null"/> for the defaults.</param>
    public static IHybridAuthStoreBuilder UseRedisOnly(
        this IHybridAuthStoreBuilder builder, ConfigurationOptions configuration, Action<RedisColdTierOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return Use(builder, configure, (options, logger) => new RedisColdTier(configuration, options, timeProvider: null, logger));
    }

    private static IHybridAuthStoreBuilder Use(
        IHybridAuthStoreBuilder builder, Action<RedisColdTierOptions>? configure, Func<RedisColdTierOptions, ILogger<RedisColdTier>?, RedisColdTier> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new RedisColdTierOptions();
        configure?.Invoke(options);

        // No hot tier: it would be another copy in the same place, and in this process' memory there are the records of who holds the session anyway.
        return builder.UseColdTier(provider => create(options, provider.GetService<ILogger<RedisColdTier>>())).UseHotTier(static _ => null);
    }
}
