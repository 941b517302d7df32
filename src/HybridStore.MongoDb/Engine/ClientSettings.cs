using MongoDB.Driver;

namespace HybridStore.MongoDb.Engine;

/// <summary>Settings of a client of the tier's own, read without ever showing a connection string: it may hold a password.</summary>
internal static class ClientSettings
{
    private const string ApplicationName = "hybridstore";

    /// <summary>Reads a connection string that names a database.</summary>
    /// <exception cref="ArgumentException">It is not understood, or names no database.</exception>
    public static (MongoClientSettings Settings, string Database) Parse(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        try
        {
            var url = new MongoUrl(connectionString);
            if (!string.IsNullOrEmpty(url.DatabaseName))
                return (MongoClientSettings.FromUrl(url), url.DatabaseName);
        }
        catch (Exception e) when (e is MongoException or ArgumentException or FormatException or InvalidOperationException or NotSupportedException)
        {
            // The driver's message repeats the whole string. It is not passed on, and neither is the exception.
            throw new ArgumentException(
                "The MongoDB connection string is not understood. It is of the form mongodb://host:port/database?option=value, or mongodb+srv://; "
                + "a user name or password with one of :/?#[]@ in it is percent-encoded.",
                nameof(connectionString));
        }

        throw new ArgumentException(
            "The MongoDB connection string names no database. Put it after the servers, such as mongodb://localhost/bots.", nameof(connectionString));
    }

    /// <summary>What the tier needs of a client of its own: it names itself, and gives up looking for a server when a call does.</summary>
    public static MongoClientSettings Own(MongoClientSettings settings, MongoDbColdTierOptions options)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var own = settings.Clone();
        own.ApplicationName ??= ApplicationName;
        if (own.ServerSelectionTimeout > options.OperationTimeout)
            own.ServerSelectionTimeout = options.OperationTimeout;
        return own;
    }
}
