using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HybridStore.Redis.Tests.Support;

/// <summary>A real server on a free port, in a folder of its own, that is gone after the test. Where there is none, the test is skipped.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly string? Program = Find();
    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-redis-").FullName;
    private readonly string[] _arguments;
    private Process? _process;

    private RedisServer(string[] arguments) => _arguments = arguments;

    public int Port { get; private set; }

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public static bool IsAvailable => Program is not null;

    /// <summary>Starts a server that keeps nothing, unless the arguments say otherwise.</summary>
    public static async Task<RedisServer> StartAsync(params string[] arguments)
    {
        Assert.SkipWhen(Program is null, "This test needs a server of its own, and there is no redis-server here; eng/servers.sh installs it.");
        var server = new RedisServer(arguments);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A server that loses nothing that it acknowledged.</summary>
    public static Task<RedisServer> StartDurableAsync(params string[] arguments) =>
        StartAsync(["--appendonly", "yes", "--appendfsync", "always", .. arguments]);

    public RespClient Connect() => new(Port);

    public string Send(params string[] command)
    {
        using var client = Connect();
        return client.Send(command);
    }

    /// <summary>Starts the server after <see cref="KillAsync"/>, on the port that it had.</summary>
    public async Task StartAgainAsync()
    {
        // Somebody else may take a port between the moment it was found free and the server's start.
        for (var attempt = 1; ; attempt++)
        {
            var port = Port == 0 ? FreePort() : Port;
            string[] arguments =
            [
                "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _folder, "--save", "", "--daemonize", "no", .. _arguments,
            ];
            _process = Run(_folder, arguments);
            if (await AnswersAsync(port))
            {
                Port = port;
                return;
            }

            Assert.True(attempt < 5, "redis-server does not start.");
        }
    }

    /// <summary>Ends the server as a power cut does.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Lets the server hang, as a machine does that swaps, and go on again.</summary>
    public void Hang(bool hangs)
    {
        using var kill = Process.Start("kill", [hangs ? "-STOP" : "-CONT", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async Task RestartAsync()
    {
        await KillAsync();
        await StartAgainAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> AnswersAsync(int port)
    {
        while (!_process!.HasExited)
        {
            try
            {
                using var client = new RespClient(port);
                // Not somebody else's server on that port.
                if (!client.Send("INFO", "server").Contains($"process_id:{_process.Id}\r", StringComparison.Ordinal))
                    return false;
                // While it is loading its data it answers this, and nothing else.
                if (client.Send("INFO", "persistence").Contains("\nloading:0\r", StringComparison.Ordinal))
                    return true;
            }
            catch (Exception e) when (e is SocketException or IOException or InvalidOperationException)
            {
                // Not up yet, or it wants a password, which says as well that it is there.
                if (e.Message.StartsWith("NOAUTH", StringComparison.Ordinal))
                    return true;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        return false;
    }

    /// <summary>Starts the program with other arguments; who calls ends it.</summary>
    public static Process Run(string folder, string[] arguments)
    {
        var start = new ProcessStartInfo(Program!) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string? Find() =>
        Environment.GetEnvironmentVariable("HYBRIDSTORE_REDIS_SERVER") is { Length: > 0 } named
            ? named
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .SelectMany(static folder => (string[])[Path.Combine(folder, "redis-server"), Path.Combine(folder, "valkey-server")])
                .FirstOrDefault(File.Exists);
}
