using MongoDB.Driver;

[assembly: AssemblyFixture(typeof(HybridStore.MongoDb.Tests.Support.SharedServer))]

namespace HybridStore.MongoDb.Tests.Support;

/// <summary>
/// One server for the tests that only need a database of their own on it: the one that HYBRIDSTORE_TEST_MONGODB names, or a mongod that is started for the tests.
/// Where there is neither, the test is skipped.
/// </summary>
public sealed class SharedServer : IAsyncDisposable
{
    private const string Variable = "HYBRIDSTORE_TEST_MONGODB";
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly MongoClient?[] _clients = new MongoClient?[2];
    private MongoServer? _server;

    /// <summary>The connection string, without a database.</summary>
    public static async ValueTask<MongoUrl> UrlAsync()
    {
        var shared = await GetAsync();
        await shared.StartAsync();
        return new MongoUrl(shared._server?.ConnectionString ?? Environment.GetEnvironmentVariable(Variable)!);
    }

    /// <summary>A client: of two with different numbers, each is what another process' would be.</summary>
    public static async ValueTask<IMongoClient> ConnectAsync(int number = 0)
    {
        var url = await UrlAsync();
        var shared = await GetAsync();
        lock (shared._clients)
            return shared._clients[number % shared._clients.Length] ??= new MongoClient(url);
    }

    /// <summary>A database that is empty, and that the test drops.</summary>
    public static async ValueTask<IMongoDatabase> DatabaseAsync(string name, int number = 0) => (await ConnectAsync(number)).GetDatabase(name);

    public static string NewName() => $"hybridstore-test-{Guid.NewGuid():N}";

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        _starting.Dispose();
    }

    private static async ValueTask<SharedServer> GetAsync() =>
        await TestContext.Current.GetFixture<SharedServer>() ?? throw new InvalidOperationException("There is no shared server here.");

    private async ValueTask StartAsync()
    {
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
            return;
        await _starting.WaitAsync();
        try
        {
            _server ??= await MongoServer.StartAsync();
        }
        finally
        {
            _starting.Release();
        }
    }
}
