using Npgsql;

[assembly: AssemblyFixture(typeof(HybridStore.PostgreSql.Tests.Support.SharedServer))]

namespace HybridStore.PostgreSql.Tests.Support;

/// <summary>
/// One server for the tests that only need a schema of their own on it, and pools of connections to it: the server that HYBRIDSTORE_TEST_POSTGRESQL names, or one that
/// is started for the tests.
/// </summary>
public sealed class SharedServer : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly NpgsqlDataSource?[] _sources = new NpgsqlDataSource?[2];
    private PostgreSqlServer? _server;

    /// <summary>How the server is reached.</summary>
    public static async ValueTask<string> ConnectionStringAsync()
    {
        var shared = await FindAsync();
        await shared._starting.WaitAsync();
        try
        {
            return await shared.StartAsync();
        }
        finally
        {
            shared._starting.Release();
        }
    }

    /// <summary>A pool of connections: of two with different numbers, each is what another process' would be.</summary>
    public static async ValueTask<NpgsqlDataSource> SourceAsync(int number = 0)
    {
        var shared = await FindAsync();
        await shared._starting.WaitAsync();
        try
        {
            return shared._sources[number % shared._sources.Length] ??= NpgsqlDataSource.Create(
                new NpgsqlConnectionStringBuilder(await shared.StartAsync()) { NoResetOnClose = true, MaxPoolSize = 60 });
        }
        finally
        {
            shared._starting.Release();
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
        _starting.Dispose();
    }

    private static async ValueTask<SharedServer> FindAsync() =>
        await TestContext.Current.GetFixture<SharedServer>() ?? throw new InvalidOperationException("There is no shared server here.");

    private async ValueTask<string> StartAsync()
    {
        var given = Environment.GetEnvironmentVariable("HYBRIDSTORE_TEST_POSTGRESQL");
        if (!string.IsNullOrEmpty(given))
            return PostgreSql.Engine.ConnectionStrings.Parse(given).ConnectionString;
        _server ??= await PostgreSqlServer.StartAsync();
        return _server.ConnectionString;
    }
}
