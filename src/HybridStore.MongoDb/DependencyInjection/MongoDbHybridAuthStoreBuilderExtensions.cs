using HybridStore.DependencyInjection;
using HybridStore.MongoDb;
using HybridStore.MongoDb.Engine;
using MongoDB.Driver;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Chooses MongoDB.</summary>
public static class MongoDbHybridAuthStoreBuilderExtensions
{
    /// <summary>Keeps the store's sessions in MongoDB, over a client of its own.</summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="connectionString">Servers, database and how to reach them, such as <c>mongodb://user:password@localhost/bots</c>. It is never shown.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The string is not understood or names no database, or an option is out of its range.</exception>
    public static IHybridAuthStoreBuilder UseMongoDb(this IHybridAuthStoreBuilder builder, string connectionString, Action<MongoDbColdTierOptions>? configure = null)
    {
        var (settings, database) = ClientSettings.Parse(connectionString);
        return UseMongoDb(builder, settings, database, configure);
    }

    /// <summary>Keeps the store's sessions in MongoDB, over a client of its own.</summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="settings">Servers and how to reach them.</param>
    /// <param name="database">The database's name.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The name is empty, or an option is out of its range.</exception>
    public static IHybridAuthStoreBuilder UseMongoDb(
        this IHybridAuthStoreBuilder builder, MongoClientSettings settings, string database, Action<MongoDbColdTierOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentException.ThrowIfNullOrWhiteSpace(database);
        var options = Options(configure);
        return builder.UseColdTier(provider => new MongoDbColdTier(settings, database, options, provider.GetService<TimeProvider>()));
    }

    /// <summary>Keeps the store's sessions in MongoDB, over a client that the application has already, and disposes of.</summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="client">The client.</param>
    /// <param name="database">The database's name.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The name is empty, or an option is out of its range.</exception>
    public static IHybridAuthStoreBuilder UseMongoDb(
        this IHybridAuthStoreBuilder builder, IMongoClient client, string database, Action<MongoDbColdTierOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentException.ThrowIfNullOrWhiteSpace(database);
        return UseMongoDb(builder, client.GetDatabase(database), configure);
    }

    /// <summary>Keeps the store's sessions in a database of a client that the application has already, and disposes of.</summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="database">The database.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static IHybridAuthStoreBuilder UseMongoDb(this IHybridAuthStoreBuilder builder, IMongoDatabase database, Action<MongoDbColdTierOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(database);
        return UseMongoDb(builder, _ => database, configure);
    }

    /// <summary>Keeps the store's sessions in a database of the application's services, which dispose of its client.</summary>
    /// <param name="builder">The store's builder.</param>
    /// <param name="database">Finds the database, such as <c>p =&gt; p.GetRequiredService&lt;IMongoClient&gt;().GetDatabase("bots")</c>.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static IHybridAuthStoreBuilder UseMongoDb(
        this IHybridAuthStoreBuilder builder, Func<IServiceProvider, IMongoDatabase> database, Action<MongoDbColdTierOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(database);
        var options = Options(configure);
        return builder.UseColdTier(provider => new MongoDbColdTier(database(provider), options, provider.GetService<TimeProvider>()));
    }

    /// <summary>At once, so that what is wrong is said where it stands.</summary>
    private static MongoDbColdTierOptions Options(Action<MongoDbColdTierOptions>? configure)
    {
        var options = new MongoDbColdTierOptions();
        configure?.Invoke(options);
        return options.Checked();
    }
}
