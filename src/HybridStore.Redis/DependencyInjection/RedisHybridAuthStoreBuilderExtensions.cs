using HybridStore.DependencyInjection;
using HybridStore.Redis;
using HybridStore.Redis.Connection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses Redis.</summary>
public static class RedisHybridAuthStoreBuilderExtensions
{
    /// <summary>Keeps the store's sessions hot in Redis, over a connection of its own.</summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="connectionString">Servers and how to reach them, such as <c>localhost:6379,password=...,ssl=true</c>. It is never shown.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The string is not understood, or an option is out of its range.</exception>
    public static IHybridAuthStoreBuilder UseRedis(this IHybridAuthStoreBuilder builder, string connectionString, Action<RedisHotTierOptions>? configure = null) =>
        UseRedis(builder, RedisOptionsParser.Parse(connectionString), configure);

    /// <summary>Keeps the store's sessions hot in Redis, over a connection of its own.</summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="configuration">Servers and how to reach them.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static IHybridAuthStoreBuilder UseRedis(this IHybridAuthStoreBuilder builder, ConfigurationOptions configuration, Action<RedisHotTierOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configuration);
        var options = Options(configure);
        return builder.UseHotTier(provider => new RedisHotTier(configuration, options, provider.GetService<TimeProvider>(), Logger(provider)));
    }

    /// <summary>Keeps the store's sessions hot in Redis, over a connection that the application has already, and disposes of.</summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static IHybridAuthStoreBuilder UseRedis(this IHybridAuthStoreBuilder builder, IConnectionMultiplexer connection, Action<RedisHotTierOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return UseRedis(builder, _ => connection, configure);
    }

    /// <summary>Keeps the store's sessions hot in Redis, over a connection of the application's services, which disposes of it.</summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="connection">Finds the connection, such as <c>p =&gt; p.GetRequiredService&lt;IConnectionMultiplexer&gt;()</c>.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static IHybridAuthStoreBuilder UseRedis(
        this IHybridAuthStoreBuilder builder, Func<IServiceProvider, IConnectionMultiplexer> connection, Action<RedisHotTierOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connection);
        var options = Options(configure);
        return builder.UseHotTier(provider => new RedisHotTier(connection(provider), options, provider.GetService<TimeProvider>(), Logger(provider)));
    }

    /// <summary>At once, so that what is wrong is said where it stands.</summary>
    private static RedisHotTierOptions Options(Action<RedisHotTierOptions>? configure)
    {
        var options = new RedisHotTierOptions();
        configure?.Invoke(options);
        return options.Checked();
    }

    private static ILogger<RedisHotTier>? Logger(IServiceProvider provider) => provider.GetService<ILogger<RedisHotTier>>();
}
