using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace HybridStore.PostgreSql.Tests.Support;

/// <summary>A real server on a free port, with a cluster of its own, that is gone after the test. Where there is none, the test is skipped.</summary>
internal sealed class PostgreSqlServer : IAsyncDisposable
{
    public const string Password = "s3cret-of-the-tests";

    /// <summary>What the tests count on, wherever the server runs.</summary>
    public static readonly string[] UsualSettings = ["max_connections=200", "timezone=UTC", "lc_messages=C"];

    private readonly string _folder;
    private readonly string[] _settings;
    private readonly SmallDisk? _disk;
    private Process? _process;

    private PostgreSqlServer(string folder, string[] settings, SmallDisk? disk = null)
    {
        _folder = folder;
        _settings = settings;
        _disk = disk;
    }

    public int Port { get; private set; }

    public string Folder => _folder;

    public string ConnectionString => ConnectionStringTo(Port);

    public static string ConnectionStringTo(int port) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=postgres;Password={Password};Database=postgres;Timeout=15");

    /// <summary>Makes a cluster and starts its server, with settings such as <c>max_connections=10</c>.</summary>
    public static Task<PostgreSqlServer> StartAsync(params string[] settings) => StartAsync(disk: null, settings);

    /// <summary>The same, with a small file system that only this server sees.</summary>
    public static async Task<PostgreSqlServer> StartAsync(SmallDisk? disk, params string[] settings)
    {
        Assert.SkipUnless(ServerPrograms.AreThere, "This test needs a server of its own, and there is no PostgreSQL here; eng/servers.sh installs it.");
        var server = new PostgreSqlServer(ServerPrograms.CreateFolder("postgresql"), settings, disk);
        return await server.StartFirstAsync(server.InitializeAsync);
    }

    /// <summary>Makes a copy of this server that follows it, answers reads, and can be promoted.</summary>
    public async Task<PostgreSqlServer> StartStandbyAsync(params string[] settings)
    {
        var standby = new PostgreSqlServer(ServerPrograms.CreateFolder("postgresql"), settings);
        var source = string.Create(CultureInfo.InvariantCulture, $"host=127.0.0.1 port={Port} user=postgres password={Password}");
        return await standby.StartFirstAsync(() => RunAsync("pg_basebackup", standby._folder, "-D", Path.Combine(standby._folder, "data"), "-d", source, "-R", "-X", "stream", "-c", "fast"));
    }

    /// <summary>Changes a setting of the running server.</summary>
    public async Task SetAsync(string name, string value)
    {
        await ExecuteAsync($"ALTER SYSTEM SET {name} = '{value}'");
        await ExecuteAsync("SELECT pg_reload_conf()");

        // By a connection that begins after the server has read it, as those that are open do with their next command.
        await Eventually.TrueAsync(async () => (string)(await ExecuteAsync($"SELECT current_setting('{name}')"))! == value, $"{name} = {value}");
    }

    /// <summary>Has the server, which is stopped, start as a standby.</summary>
    public void BecomeStandby() => File.WriteAllText(Path.Combine(_folder, "data", "standby.signal"), "");

    /// <summary>Has a standby take writes from now on.</summary>
    public Task PromoteAsync() => ExecuteAsync("SELECT pg_promote()");

    public async Task<object?> ExecuteAsync(string sql, string? database = null)
    {
        var builder = new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false };
        if (database is not null)
            builder.Database = database;
        await using var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Starts the server after it ended, on the port that it had.</summary>
    public async Task StartAgainAsync()
    {
        // Somebody else may take a port between the moment it was found free and the server's start; after a kill, what is left of the old server must go first.
        for (var attempt = 1; ; attempt++)
        {
            var port = Port == 0 ? FreePort() : Port;
            string[] settings =
            [
                .. (string[])[$"port={port}", "listen_addresses=127.0.0.1", $"unix_socket_directories={_folder}"], .. UsualSettings, .. _settings,
            ];
            var start = ServerPrograms.Start("postgres", _folder, ["-D", Path.Combine(_folder, "data"), .. settings.SelectMany(static s => (string[])["-c", s])]);
            _process = Process.Start(_disk?.Mount(start) ?? start)!;
            Drain(_process);
            if (await AnswersAsync(port))
            {
                Port = port;
                return;
            }

            Assert.True(attempt < 100, "The server does not start.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    /// <summary>Ends the server and all its processes as a power cut does.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        var pid = process.Id.ToString(CultureInfo.InvariantCulture);
        var children = ServerPrograms.Output("pgrep", "-P", pid).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        ServerPrograms.Run("kill", ["-KILL", pid, .. children]);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Asks the server to end: fast, so that it ends all connections.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        ServerPrograms.Run("kill", "-INT", process.Id.ToString(CultureInfo.InvariantCulture));
        await process.WaitForExitAsync();
        process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        for (var attempt = 1; Directory.Exists(_folder); attempt++)
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
            }
            catch (IOException) when (attempt < 100)
            {
                // One of its processes has not quite ended.
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static void Drain(Process process)
    {
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private static async Task RunAsync(string program, string folder, params string[] arguments)
    {
        using var process = Process.Start(ServerPrograms.Start(program, folder, arguments))!;
        var error = process.StandardError.ReadToEndAsync();
        _ = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {await error}");
    }

    private async Task<PostgreSqlServer> StartFirstAsync(Func<Task> makeCluster)
    {
        try
        {
            await makeCluster();
            await StartAgainAsync();
            return this;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private async Task InitializeAsync()
    {
        var passwordFile = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(passwordFile, Password);
        await RunAsync("initdb", _folder, "-D", Path.Combine(_folder, "data"), "-U", "postgres", "-A", "scram-sha-256", "--pwfile", passwordFile, "-E", "UTF8", "--no-locale", "-N");
    }

    private async Task<bool> AnswersAsync(int port)
    {
        var builder = new NpgsqlConnectionStringBuilder(ConnectionStringTo(port)) { Pooling = false, Timeout = 5 };
        while (!_process!.HasExited)
        {
            try
            {
                await using var connection = new NpgsqlConnection(builder.ConnectionString);
                await connection.OpenAsync();
                return true;
            }
            catch (NpgsqlException)
            {
                // Not up yet, or recovering.
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
            }
        }

        return false;
    }
}
