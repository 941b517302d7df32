using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace HybridStore.Benchmarks;

/// <summary>A server with a cluster of its own, as it comes, or the one that HYBRIDSTORE_TEST_POSTGRESQL names.</summary>
internal sealed class PostgreSqlProcess : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-bench-postgresql-").FullName;
    private readonly Process? _process;

    public PostgreSqlProcess()
    {
        if (Environment.GetEnvironmentVariable("HYBRIDSTORE_TEST_POSTGRESQL") is { Length: > 0 } given)
        {
            ConnectionString = given;
            return;
        }

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        listener.Stop();
        if (IsRoot)
            Run("chown", "postgres", _folder);
        var data = Path.Combine(_folder, "data");
        Start("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale").WaitForExit();
        _process = Start(
            "postgres", "-D", data, "-c", $"port={port}", "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_folder}",
            "-c", "shared_buffers=512MB", "-c", "max_wal_size=4GB", "-c", "max_connections=200");
        ConnectionString = $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;No Reset On Close=true;Maximum Pool Size=150";
        while (!IsUp())
            Thread.Yield();
    }

    public string ConnectionString { get; }

    // PostgreSQL refuses to be root.
    private static bool IsRoot => Environment.UserName == "root";

    public void Dispose()
    {
        if (_process is not null)
        {
            Run("kill", "-INT", _process.Id.ToString(CultureInfo.InvariantCulture));
            _process.WaitForExit();
            _process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
    }

    private Process Start(string program, params string[] arguments)
    {
        string[] line = IsRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", program, .. arguments] : [program, .. arguments];
        var process = Process.Start(new ProcessStartInfo(line[0], line.Skip(1)) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{program} does not start.");
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
