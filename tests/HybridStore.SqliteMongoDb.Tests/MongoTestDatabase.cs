using HybridStore.MongoDb.Tests.Support;
using MongoDB.Driver;

namespace HybridStore.SqliteMongoDb.Tests;

/// <summary>A database of a test's own on the shared server.</summary>
internal sealed class MongoTestDatabase : IAsyncDisposable
{
    private readonly string _name = SharedServer.NewName();
    private readonly MongoUrl _server;

    private MongoTestDatabase(MongoUrl server) => _server = server;

    /// <summary>The connection string, as the tool takes it too.</summary>
    public string Uri => new MongoUrlBuilder(_server.Url) { DatabaseName = _name }.ToString();

    public static async Task<MongoTestDatabase> CreateAsync() => new(await SharedServer.UrlAsync());

    public async Task<IMongoDatabase> OpenAsync() => await SharedServer.DatabaseAsync(_name);

    public async ValueTask DisposeAsync() => await SharedServer.DropAsync(_name);
}
