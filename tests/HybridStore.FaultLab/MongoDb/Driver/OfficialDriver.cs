using HybridStore.MongoDb;
using HybridStore.Tiers;
using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.FaultLab.MongoDb.Driver;

/// <summary>MongoDB.Driver.</summary>
#pragma warning disable CA1812 // Made by name.
internal sealed class OfficialDriver : IMongoDbDriver
#pragma warning restore CA1812
{
    public IColdTier Open(string connectionString, string prefix, TimeSpan? operationTimeout, TimeProvider time)
    {
        var options = new MongoDbColdTierOptions { CollectionPrefix = prefix };
        if (operationTimeout is { } limit)
            options.OperationTimeout = limit;
        return new MongoDbColdTier(connectionString, options, time);
    }

    public async Task DropAsync(string connectionString)
    {
        var url = new MongoUrlBuilder(connectionString) { ServerSelectionTimeout = TimeSpan.FromSeconds(5) }.ToMongoUrl();
        using var client = new MongoClient(url);
        try
        {
            await client.DropDatabaseAsync(url.DatabaseName);
        }
        catch (Exception e) when (e is MongoException or TimeoutException)
        {
            // It stays, and is in nobody's way.
        }
    }

    public async Task<string> VersionAsync(string connectionString)
    {
        using var client = new MongoClient(connectionString);
        var info = await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("buildInfo", 1));
        return $"{info["version"].AsString} by MongoDB.Driver {typeof(MongoClient).Assembly.GetName().Version!.ToString(3)}";
    }
}
