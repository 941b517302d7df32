using HybridStore.LoadTest.Targets;
using HybridStore.MongoDb;
using HybridStore.Tiers;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;

namespace HybridStore.LoadTest.MongoDb.Driver;

/// <summary>A server by MongoDB.Driver, whose own events tell the length of each message: the server's counters would have everybody's.</summary>
#pragma warning disable CA1812 // Made by name.
internal sealed class MongoDbServer : IMongoDbServer
#pragma warning restore CA1812
{
    private readonly string _prefix = $"hybridstore-load-{Guid.NewGuid():N}-";
    private readonly List<string> _databases = [];
    private readonly MongoClientSettings _settings;
    private readonly MongoClient _client;
    private long _sent;
    private long _received;

    public MongoDbServer(string connectionString)
    {
        _settings = MongoClientSettings.FromConnectionString(connectionString);
        _settings.ClusterConfigurator = cluster => cluster
            .Subscribe<ConnectionSentMessagesEvent>(e => Interlocked.Add(ref _sent, e.Length))
            .Subscribe<ConnectionReceivedMessageEvent>(e => Interlocked.Add(ref _received, e.Length));
        _client = new MongoClient(_settings);
    }

    public long Sent => Interlocked.Read(ref _sent);

    public long Received => Interlocked.Read(ref _received);

    public async Task<string> VersionAsync()
    {
        var info = await _client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("buildInfo", 1));
        return $"{info["version"].AsString} ({info.GetValue("gitVersion", "unknown build").AsString})";
    }

    public IColdTier Tier(string name) => new MongoDbColdTier(_settings, NameOf(name));

    public async Task<IRawRecords> OpenRawAsync(string name) => await RawMongoDbRecords.OpenAsync(_client.GetDatabase(NameOf(name)));

    public async Task EmptyAsync()
    {
        foreach (var database in _databases)
            await _client.DropDatabaseAsync(database);
        _databases.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await EmptyAsync();
        }
        catch (Exception e) when (e is MongoException or TimeoutException)
        {
            // They stay, and are in nobody's way.
        }

        _client.Dispose();
    }

    private string NameOf(string name)
    {
        _databases.Add(_prefix + name);
        return _databases[^1];
    }
}
