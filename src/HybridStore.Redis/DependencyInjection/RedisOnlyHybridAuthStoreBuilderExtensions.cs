using HybridStore.DependencyInjection;
using HybridStore.Redis;
using HybridStore.Redis.Connection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses Redis as the only place of the sessions.</summary>
public static class RedisOnlyHybridAuthStoreBuilderExtensions
{
    /// <summary>
    /// Keeps the store's sessions in Redis and nowhere else, over a connection of its own: what was committed is as durable as the server's persistence, which the
    /// store says in the log when it starts. With a database behind Redis (<c>UseRedis</c> and one of the others), nothing depends on that.
    /// </summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="connectionString">Servers and how to reach them, such as <c>localhost:6379,password=...,ssl=true</c>. It is never shown.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The string is not understood, or an option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">A cold or hot tier was chosen already: there is none beside it.</exception>
    public static IHybridAuthStoreBuilder UseRedisOnly(this IHybridAuthStoreBuilder builder, string connectionString, Action<RedisColdTierOptions>? configure = null) =>
        UseRedisOnly(builder, RedisOptionsParser.Parse(connectionString), configure);

    /// <inheritdoc cref="UseRedisOnly(IHybridAuthStoreBuilder, string, Action{RedisColdTierOptions}?)"/>
    /// <param name="builder">The store's builder.</param>
    /// <param name="configuration">Servers and how to reach them.</param>
    /// <param name="configure">Sets the options.</param>
    public static IHybridAuthStoreBuilder UseRedisOnly(
        this IHybridAuthStoreBuilder builder, ConfigurationOptions configuration, Action<RedisColdTierOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = Options(configure);
        return Use(builder, provider => new RedisColdTier(configuration, options, provider.GetService<TimeProvider>(), Logger(provider)));
    }

    /// <summary>Keeps the store's sessions in Redis and nowhere else, over a connection of the application's services, which disposes of it.</summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="connection">Finds the connection, such as <c>p =&gt; p.GetRequiredService&lt;IConnectionMultiplexer&gt;()</c>.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">A cold or hot tier was chosen already: there is none beside it.</exception>
    public static IHybridAuthStoreBuilder UseRedisOnly(
        this IHybridAuthStoreBuilder builder, Func<IServiceProvider, IConnectionMultiplexer> connection, Action<RedisColdTierOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var options = Options(configure);
        return Use(builder, provider => new RedisColdTier(connection(provider), options, provider.GetService<TimeProvider>(), Logger(provider)));
    }

    // No hot tier: it would be another copy in the same place, and who holds a session has its records in this process anyway.
    private static IHybridAuthStoreBuilder Use(IHybridAuthStoreBuilder builder, Func<IServiceProvider, RedisColdTier> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseColdTier(create).UseHotTier(static _ => null);
    }

    /// <summary>At once, so that what is wrong is said where it stands.</summary>
    private static RedisColdTierOptions Options(Action<RedisColdTierOptions>? configure)
    {
        var options = new RedisColdTierOptions();
        configure?.Invoke(options);
        return options.Checked();
    }

    private static ILogger<RedisColdTier>? Logger(IServiceProvider provider) => provider.GetService<ILogger<RedisColdTier>>();
}
