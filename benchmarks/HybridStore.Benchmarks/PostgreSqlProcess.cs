using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using HybridStore.PostgreSql.Tests.Support;
using Npgsql;

namespace HybridStore.Benchmarks;

/// <summary>A server with a cluster of its own, as it comes, or the one that HYBRIDSTORE_TEST_POSTGRESQL names.</summary>
internal sealed class PostgreSqlProcess : IDisposable
{
    private readonly string _folder = "";
    private readonly int _port;
    private Process? _process;

    public PostgreSqlProcess()
    {
        if (Environment.GetEnvironmentVariable("HYBRIDSTORE_TEST_POSTGRESQL") is { Length: > 0 } given)
        {
            ConnectionString = given;
            return;
        }

        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            _port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        _folder = ServerPrograms.CreateFolder("bench-postgresql");
        using (var initdb = Run("initdb", "-D", Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"))
            initdb.WaitForExit();
        ConnectionString = string.Create(
            CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres;No Reset On Close=true;Maximum Pool Size=150");
        Start();
    }

    public string ConnectionString { get; }

    /// <summary>Whether it is ours to stop and start.</summary>
    public bool IsOurs => _folder.Length > 0;

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Starts it, and waits until it answers.</summary>
    public void Start()
    {
        _process = Run(
            "postgres", "-D", Data, "-c", string.Create(CultureInfo.InvariantCulture, $"port={_port}"), "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_folder}",
            "-c", "shared_buffers=512MB", "-c", "max_wal_size=4GB", "-c", "max_connections=200");
        while (!IsUp())
            Thread.Yield();
    }

    /// <summary>Ends it as a restart does: clients are cut off, and what was committed is kept.</summary>
    public void Stop()
    {
        if (_process is not { } process)
            return;
        _process = null;
        ServerPrograms.Run("kill", "-INT", process.Id.ToString(CultureInfo.InvariantCulture));
        process.WaitForExit();
        process.Dispose();
    }

    public void Dispose()
    {
        Stop();
        if (IsOurs)
            Directory.Delete(_folder, recursive: true);
    }

    private Process Run(string program, params string[] arguments)
    {
        var process = Process.Start(ServerPrograms.Start(program, _folder, arguments)) ?? throw new InvalidOperationException($"{program} does not start.");
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private bool IsUp()
    {
        try
        {
            using var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false");
            connection.Open();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
