using HybridStore.Containers;
using MongoDB.Driver;

[assembly: AssemblyFixture(typeof(HybridStore.MongoDb.Tests.Support.SharedServer))]

namespace HybridStore.MongoDb.Tests.Support;

/// <summary>One server for the tests that only need a database of their own on it, and clients of it.</summary>
public sealed class SharedServer : IAsyncDisposable
{
    /// <summary>For how long a test waits for an answer. A server may let an index wait for transactions that other tests have left open, until it ends them itself: by default after a minute.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private const string Variable = "HYBRIDSTORE_TEST_MONGODB";
    private const int MostTries = 10;
    private readonly MongoClient?[] _clients = new MongoClient?[2];
    private readonly Lazy<Task<string>> _connectionString;
    private IAsyncDisposable? _server;

    // What came of it, a failure or that there is none, counts for all tests: none of them waits for it again.
    public SharedServer() => _connectionString = new(StartAsync);

    /// <summary>The connection string, without a database.</summary>
    public static async ValueTask<MongoUrl> UrlAsync() => new(await (await FindAsync())._connectionString.Value);

    /// <summary>A client: of two with different numbers, each is what another process' would be.</summary>
    public static async ValueTask<IMongoClient> ConnectAsync(int number = 0)
    {
        var url = await UrlAsync();
        var shared = await FindAsync();
        lock (shared._clients)
            return shared._clients[number % shared._clients.Length] ??= new MongoClient(url);
    }

    /// <summary>A database that is empty, and that the test drops.</summary>
    public static async ValueTask<IMongoDatabase> DatabaseAsync(string name, int number = 0) => (await ConnectAsync(number)).GetDatabase(name);

    /// <summary>Drops a test's database. A server that has not come to its end with what the test did there may refuse that at first.</summary>
    public static async Task DropAsync(string name)
    {
        var client = await ConnectAsync();
        for (var tries = 1; ; tries++)
        {
            try
            {
                await client.DropDatabaseAsync(name);
                return;
            }
            catch (MongoCommandException) when (tries < MostTries)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }

    public static string NewName() => $"hybridstore-test-{Guid.NewGuid():N}";

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private static async ValueTask<SharedServer> FindAsync() =>
        await TestContext.Current.GetFixture<SharedServer>() ?? throw new InvalidOperationException("There is no shared server here.");

    /// <summary>The server that the variable names, else one by the program of this machine, else one in a container; else the tests are skipped.</summary>
    private async Task<string> StartAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return given;
        if (MongoServer.IsAvailable)
            return Keep(await MongoServer.StartAsync()).ConnectionString;
        var lack = ServerContainers.Lack;
        Assert.SkipUnless(lack is null, $"{Variable} names no server, there is no mongod on the PATH, and {lack}.");
        // Its user is known there, and to no database that a test adds.
        return new MongoUrlBuilder(Keep(await ServerContainers.StartMongoDbAsync()).ConnectionString) { AuthenticationSource = "admin" }.ToString();
    }

    private T Keep<T>(T server)
        where T : IAsyncDisposable
    {
        _server = server;
        return server;
    }
}
