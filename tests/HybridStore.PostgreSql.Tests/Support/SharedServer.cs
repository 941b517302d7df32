using HybridStore.Containers;
using Npgsql;

[assembly: AssemblyFixture(typeof(HybridStore.PostgreSql.Tests.Support.SharedServer))]

namespace HybridStore.PostgreSql.Tests.Support;

/// <summary>One server for the tests that only need a schema of their own on it, and pools of connections to it.</summary>
public sealed class SharedServer : IAsyncDisposable
{
    private const string Variable = "HYBRIDSTORE_TEST_POSTGRESQL";
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private readonly NpgsqlDataSource?[] _sources = new NpgsqlDataSource?[2];
    private readonly Lazy<Task<string>> _connectionString;
    private IAsyncDisposable? _server;

    // What came of it, a failure or that there is none, counts for all tests: none of them waits for it again.
    public SharedServer() => _connectionString = new(StartAsync);

    /// <summary>How the server is reached.</summary>
    public static async ValueTask<string> ConnectionStringAsync() => await (await FindAsync())._connectionString.Value;

    /// <summary>A pool of connections: of two with different numbers, each is what another process' would be.</summary>
    public static async ValueTask<NpgsqlDataSource> SourceAsync(int number = 0)
    {
        var shared = await FindAsync();
        await shared._connecting.WaitAsync();
        try
        {
            return shared._sources[number % shared._sources.Length] ??= NpgsqlDataSource.Create(
                new NpgsqlConnectionStringBuilder(await shared._connectionString.Value) { NoResetOnClose = true, MaxPoolSize = 60 });
        }
        finally
        {
            shared._connecting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources)
        {
            if (source is not null)
                await source.DisposeAsync();
        }

        if (_server is not null)
            await _server.DisposeAsync();
        _connecting.Dispose();
    }

    private static async ValueTask<SharedServer> FindAsync() =>
        await TestContext.Current.GetFixture<SharedServer>() ?? throw new InvalidOperationException("There is no shared server here.");

    /// <summary>The server that the variable names, else one by the program of this machine, else one in a container; else the tests are skipped.</summary>
    private async Task<string> StartAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given)
            return PostgreSql.Engine.ConnectionStrings.Parse(given).ConnectionString;
        if (ServerPrograms.AreThere)
            return Keep(await PostgreSqlServer.StartAsync()).ConnectionString;
        var lack = ServerContainers.Lack;
        Assert.SkipUnless(lack is null, $"{Variable} names no server, there is no PostgreSQL here (eng/servers.sh installs it), and {lack}.");
        return Keep(await ServerContainers.StartPostgreSqlAsync(PostgreSqlServer.Password, PostgreSqlServer.UsualSettings)).ConnectionString;
    }

    private T Keep<T>(T server)
        where T : IAsyncDisposable
    {
        _server = server;
        return server;
    }
}
