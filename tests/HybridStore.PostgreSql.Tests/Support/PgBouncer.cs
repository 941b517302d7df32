using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace HybridStore.PostgreSql.Tests.Support;

/// <summary>A PgBouncer in transaction mode before a server: each transaction may be on another of its few connections. Where there is none, the test is skipped.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private const int Connections = 3;

    private readonly string _folder = ServerPrograms.CreateFolder("pgbouncer");
    private Process? _process;

    public string ConnectionString { get; private set; } = "";

    public static async Task<PgBouncer> StartAsync(string server)
    {
        Assert.SkipWhen(ServerPrograms.PgBouncer is null, "There is no pgbouncer here; eng/servers.sh installs it.");
        var bouncer = new PgBouncer();
        try
        {
            await bouncer.StartAsync(new NpgsqlConnectionStringBuilder(server));
            return bouncer;
        }
        catch
        {
            await bouncer.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            ServerPrograms.Run("kill", "-KILL", _process.Id.ToString(CultureInfo.InvariantCulture));
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync(NpgsqlConnectionStringBuilder server)
    {
        var port = PostgreSqlServer.FreePort();
        var settings = Path.Combine(_folder, "pgbouncer.ini");
        await File.WriteAllTextAsync(
            settings,
            $"""
            [databases]
            * = host={server.Host} port={server.Port} user={server.Username} password={server.Password}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = {Connections}
            max_client_conn = 500
            """);
        _process = Process.Start(ServerPrograms.Start(ServerPrograms.PgBouncer!, _folder, settings))!;
        PostgreSqlServer.Drain(_process);
        ConnectionString = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username={server.Username};Database={server.Database};Timeout=15");
        await Eventually.TrueAsync(IsUpAsync, "pgbouncer");
    }

    private async Task<bool> IsUpAsync()
    {
        Assert.False(_process!.HasExited, "pgbouncer does not start.");
        try
        {
            await using var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false");
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
