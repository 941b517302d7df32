using System.Text;
using HybridStore.Conformance.Stores;
using HybridStore.Containers;
using StackExchange.Redis;

[assembly: AssemblyFixture(typeof(HybridStore.Redis.Tests.Support.SharedServer))]

namespace HybridStore.Redis.Tests.Support;

/// <summary>One server for the tests that only need a place of their own on it, and connections to it, which take a second each to make.</summary>
public sealed class SharedServer : IAsyncDisposable
{
    private const string Variable = "HYBRIDSTORE_TEST_REDIS";
    private static readonly string[] Arguments = ["--appendonly", "yes", "--appendfsync", "no"];
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private readonly ConnectionMultiplexer?[] _connections = new ConnectionMultiplexer?[2];
    private readonly Lazy<Task<string>> _connectionString;
    private IAsyncDisposable? _server;

    // What came of it, a failure or that there is none, counts for all tests: none of them waits for it again.
    public SharedServer() => _connectionString = new(StartAsync);

    public static bool IsGiven => Given.Length > 0;

    private static string Given => Environment.GetEnvironmentVariable(Variable) ?? "";

    /// <summary>How the server is reached.</summary>
    public static async ValueTask<string> ConnectionStringAsync() => await (await FindAsync())._connectionString.Value;

    /// <summary>A connection: of two with different numbers, each is what another process' would be.</summary>
    public static async ValueTask<IConnectionMultiplexer> ConnectAsync(int number = 0)
    {
        var shared = await FindAsync();
        return await shared.ConnectionAsync(number % shared._connections.Length);
    }

    /// <summary>Every key below a prefix, with all that is in it: fields, members, entries and values, as they are.</summary>
    public static async IAsyncEnumerable<StoreDump> DumpAsync(string prefix)
    {
        var database = (await ConnectAsync()).GetDatabase();
        var cursor = "0";
        do
        {
            var page = (RedisResult[])(await database.ExecuteAsync("SCAN", cursor, "MATCH", $"*{prefix}*", "COUNT", "1000"))!;
            cursor = (string)page[0]!;
            foreach (var key in (string[])page[1]!)
            {
                yield return new StoreDump("the name of a key", Encoding.UTF8.GetBytes(key));
                foreach (var value in await ContentAsync(database, key))
                    yield return new StoreDump($"the key {key}", value);
            }
        }
        while (cursor != "0");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
            connection?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        _connecting.Dispose();
    }

    private static async ValueTask<SharedServer> FindAsync() =>
        await TestContext.Current.GetFixture<SharedServer>() ?? throw new InvalidOperationException("There is no shared server here.");

    /// <summary>The server that the variable names, else one by the program of this machine, else one in a container; else the tests are skipped.</summary>
    private async Task<string> StartAsync()
    {
        if (IsGiven)
            return Given;
        if (RedisServer.IsAvailable)
            return Keep(await RedisServer.StartAsync(Arguments)).ConnectionString;
        var lack = ServerContainers.Lack;
        Assert.SkipUnless(lack is null, $"{Variable} names no server, there is no redis-server here (eng/servers.sh installs it), and {lack}.");
        return Keep(await ServerContainers.StartRedisAsync(Arguments)).ConnectionString;
    }

    private T Keep<T>(T server)
        where T : IAsyncDisposable
    {
        _server = server;
        return server;
    }

    private async ValueTask<IConnectionMultiplexer> ConnectionAsync(int number)
    {
        await _connecting.WaitAsync();
        try
        {
            return _connections[number] ??= await OpenAsync(await _connectionString.Value);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private static async Task<ConnectionMultiplexer> OpenAsync(string server)
    {
        // Patient, on a machine that may be busy: from 2.0 on the driver has a bound of its own for each answer. Before, that is only how long it waits for a goodbye.
        var patience = typeof(ConnectionMultiplexer).Assembly.GetName().Version!.Major >= 2 ? ",syncTimeout=60000" : "";
        var connection = await ConnectionMultiplexer.ConnectAsync($"{server},allowAdmin=true,abortConnect=false{patience}", null);
        // Before 2.0 the driver hands out answers one after another, and a test goes on where it got one: whoever blocks there keeps the others from theirs.
        typeof(IConnectionMultiplexer).GetProperty("PreserveAsyncOrder")?.SetValue(connection, false);
        return connection;
    }

    private static async Task<byte[][]> ContentAsync(IDatabase database, string key)
    {
        var type = (string?)await AskAsync("TYPE", key);
        return type switch
        {
            "string" => [(byte[]?)await AskAsync("GET", key) ?? []],
            "hash" => await ListAsync("HGETALL", key),
            "set" => await ListAsync("SMEMBERS", key),
            "zset" => await ListAsync("ZRANGE", key, "0", "-1"),
            "list" => await ListAsync("LRANGE", key, "0", "-1"),
            "stream" => [.. ((RedisResult[]?)await AskAsync("XRANGE", key, "-", "+") ?? []).SelectMany(static entry => List(((RedisResult[])entry!)[1]))],

            // It went meanwhile.
            "none" => [],
            _ => throw new NotSupportedException($"Nothing here can look into a key of the type {type}."),
        };

        Task<RedisResult> AskAsync(string command, params object[] arguments) => database.ExecuteAsync(command, arguments);
        async Task<byte[][]> ListAsync(string command, params object[] arguments) => List(await AskAsync(command, arguments));
        static byte[][] List(RedisResult result) => [.. ((byte[]?[]?)result ?? []).Select(static value => value!)];
    }
}
