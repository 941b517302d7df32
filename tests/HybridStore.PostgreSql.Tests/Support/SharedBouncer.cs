using Npgsql;

[assembly: AssemblyFixture(typeof(HybridStore.PostgreSql.Tests.Support.SharedBouncer))]

namespace HybridStore.PostgreSql.Tests.Support;

/// <summary>One PgBouncer before the shared server, and two pools of connections to it.</summary>
public sealed class SharedBouncer : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly NpgsqlDataSource?[] _sources = new NpgsqlDataSource?[2];
    private PgBouncer? _bouncer;

    public static async ValueTask<NpgsqlDataSource> SourceAsync(int number)
    {
        var shared = await TestContext.Current.GetFixture<SharedBouncer>() ?? throw new InvalidOperationException("There is no shared pgbouncer here.");
        await shared._starting.WaitAsync();
        try
        {
            shared._bouncer ??= await PgBouncer.StartAsync(await SharedServer.ConnectionStringAsync());
            return shared._sources[number % shared._sources.Length] ??= NpgsqlDataSource.Create($"{shared._bouncer.ConnectionString};No Reset On Close=true");
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

        if (_bouncer is not null)
            await _bouncer.DisposeAsync();
        _starting.Dispose();
    }
}
