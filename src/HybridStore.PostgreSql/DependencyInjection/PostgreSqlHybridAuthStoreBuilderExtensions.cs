using HybridStore.DependencyInjection;
using HybridStore.PostgreSql;
using HybridStore.PostgreSql.Engine;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses PostgreSQL.</summary>
public static class PostgreSqlHybridAuthStoreBuilderExtensions
{
    /// <summary>Keeps the store's sessions in a PostgreSQL database, over connections of its own.</summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="connectionString"><c>Host=…;Username=…;Password=…;Database=…</c>, or <c>postgresql://user:password@host:port/database</c>. It is never shown.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The string is not understood, or an option is out of its range.</exception>
    public static IHybridAuthStoreBuilder UsePostgreSql(
        this IHybridAuthStoreBuilder builder, string connectionString, Action<PostgreSqlColdTierOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        _ = ConnectionStrings.Parse(connectionString);
        var options = Options(configure);
        return builder.UseColdTier(provider => new PostgreSqlColdTier(connectionString, options, provider.GetService<TimeProvider>(), Logger(provider)));
    }

    /// <summary>Keeps the store's sessions in a PostgreSQL database, over connections of the application's.</summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="dataSource">Where connections come from. It stays the application's.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static IHybridAuthStoreBuilder UsePostgreSql(
        this IHybridAuthStoreBuilder builder, NpgsqlDataSource dataSource, Action<PostgreSqlColdTierOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        return UsePostgreSql(builder, _ => dataSource, configure);
    }

    /// <summary>Keeps the store's sessions in a PostgreSQL database, over connections of the application's services.</summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="dataSource">Finds where connections come from, such as <c>p =&gt; p.GetRequiredService&lt;NpgsqlDataSource&gt;()</c>.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static IHybridAuthStoreBuilder UsePostgreSql(
        this IHybridAuthStoreBuilder builder, Func<IServiceProvider, NpgsqlDataSource> dataSource, Action<PostgreSqlColdTierOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dataSource);
        var options = Options(configure);
        return builder.UseColdTier(provider => new PostgreSqlColdTier(dataSource(provider), options, provider.GetService<TimeProvider>(), Logger(provider)));
    }

    /// <summary>At once, so that what is wrong is said where it stands.</summary>
    private static PostgreSqlColdTierOptions Options(Action<PostgreSqlColdTierOptions>? configure)
    {
        var options = new PostgreSqlColdTierOptions();
        configure?.Invoke(options);
        return options.Checked();
    }

    private static ILogger<PostgreSqlColdTier>? Logger(IServiceProvider provider) => provider.GetService<ILogger<PostgreSqlColdTier>>();
}
