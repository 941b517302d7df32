using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using HybridStore.Redis;

namespace HybridStore.Benchmarks;

/// <summary>A server in a folder of its own, with an AOF as in production, or the one that HYBRIDSTORE_TEST_REDIS names.</summary>
internal sealed class RedisProcess : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-bench-redis-").FullName;
    private readonly Process? _process;

    public RedisProcess()
    {
        if (Environment.GetEnvironmentVariable("HYBRIDSTORE_TEST_REDIS") is { Length: > 0 } given)
        {
            ConnectionString = given;
            return;
        }

        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        var start = new ProcessStartInfo("redis-server") { WorkingDirectory = _folder, RedirectStandardOutput = true };
        foreach (var argument in (string[])["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--appendfsync", "everysec"])
            start.ArgumentList.Add(argument);
        _process = Process.Start(start) ?? throw new InvalidOperationException("redis-server does not start.");
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        ConnectionString = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");
        while (!IsUp())
            Thread.Yield();
    }

    public string ConnectionString { get; }

    private int Port { get; }

    /// <summary>A tier that is connected, which otherwise comes by itself.</summary>
    public async Task<RedisHotTier> OpenAsync()
    {
        var tier = new RedisHotTier(ConnectionString);
        while (!(await tier.InspectAsync(CancellationToken.None)).IsConnected)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        return tier;
    }

    public void Dispose()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private bool IsUp()
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
