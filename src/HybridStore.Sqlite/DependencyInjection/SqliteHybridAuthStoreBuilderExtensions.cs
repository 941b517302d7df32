using HybridStore.DependencyInjection;
using HybridStore.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses SQLite.</summary>
public static class SqliteHybridAuthStoreBuilderExtensions
{
    /// <summary>Keeps the store's sessions in an SQLite file.</summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="path">The file. It is made if it is not there; its folder must be.</param>
    /// <returns>The builder.</returns>
    public static IHybridAuthStoreBuilder UseSqlite(this IHybridAuthStoreBuilder builder, string path) =>
        UseSqlite(builder, options => options.Path = path);

    /// <summary>Keeps the store's sessions in an SQLite file.</summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="configure">Sets the options, the path at least.</param>
    /// <returns>The builder.</returns>
    public static IHybridAuthStoreBuilder UseSqlite(this IHybridAuthStoreBuilder builder, Action<SqliteColdTierOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new SqliteColdTierOptions();
        configure(options);
        return builder.UseColdTier(provider => new SqliteColdTier(options, provider.GetService<TimeProvider>() ?? TimeProvider.System));
    }
}
