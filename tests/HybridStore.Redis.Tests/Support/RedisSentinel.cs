using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace HybridStore.Redis.Tests.Support;

/// <summary>A master, a replica of it, and a sentinel that watches them.</summary>
internal sealed class RedisSentinel : IAsyncDisposable
{
    public const string ServiceName = "bots";
    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-sentinel-").FullName;
    private Process? _process;
    private int _port;

    private RedisSentinel(RedisServer master, RedisServer replica) => (Master, Replica) = (master, replica);

    /// <summary>The server that is the master at first.</summary>
    public RedisServer Master { get; }

    /// <summary>The server that is its replica at first.</summary>
    public RedisServer Replica { get; }

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port},serviceName={ServiceName}");

    public static async Task<RedisSentinel> StartAsync()
    {
        var master = await RedisServer.StartDurableAsync();
        var replica = await RedisServer.StartDurableAsync("--replicaof", "127.0.0.1", master.Port.ToString(CultureInfo.InvariantCulture), "--repl-diskless-sync-delay", "0");
        var sentinel = new RedisSentinel(master, replica);
        try
        {
            await Eventually.TrueAsync(() => replica.Send("INFO", "replication").Contains("master_link_status:up", StringComparison.Ordinal), "the replica");
            await sentinel.WatchAsync();
            return sentinel;
        }
        catch
        {
            await sentinel.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the master's writes are on the replica.</summary>
    public async Task ReplicatedAsync(string key)
    {
        await Eventually.TrueAsync(() => Replica.Send("EXISTS", key) == "1" && Replica.Send("HGET", key, "m") == Master.Send("HGET", key, "m"), "the replica's copy");
    }

    /// <summary>Waits until the replica was made the master.</summary>
    public async Task FailedOverAsync() =>
        await Eventually.TrueAsync(() => Replica.Send("ROLE").StartsWith("master", StringComparison.Ordinal), "the failover");

    /// <summary>Lets the sentinel make the replica the master while the master lives, as for maintenance.</summary>
    public async Task FailOverAsync()
    {
        await Eventually.TrueAsync(() => Accepts("SENTINEL", "FAILOVER", ServiceName), "the order to fail over");
        await FailedOverAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        await Master.DisposeAsync();
        await Replica.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string Send(params string[] command)
    {
        using var client = new RespClient(_port);
        return client.Send(command);
    }

    // It looks at the replica every ten seconds, and promotes none that it has not seen to be sound.
    private bool Accepts(params string[] command)
    {
        try
        {
            return Send(command) == "OK";
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    // Its file is where it keeps what it learns: without one it does not start.
    private async Task WatchAsync()
    {
        _port = RedisServer.FreePort();
        var file = Path.Combine(_folder, "sentinel.conf");
        await File.WriteAllTextAsync(
            file,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                port {_port}
                bind 127.0.0.1
                dir "{_folder}"
                sentinel monitor {ServiceName} 127.0.0.1 {Master.Port} 1
                sentinel down-after-milliseconds {ServiceName} 3000
                sentinel failover-timeout {ServiceName} 10000

                """));
        _process = RedisServer.Run(_folder, [file, "--sentinel"]);
        await Eventually.TrueAsync(() => Knows("num-slaves", "1") && Knows("flags", "master"), "the sentinel, which knows the master and its replica");
    }

    private bool Knows(string name, string value)
    {
        try
        {
            var facts = Send("SENTINEL", "MASTER", ServiceName).Split('\n');
            return facts[Array.IndexOf(facts, name) + 1] == value;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            Assert.False(_process!.HasExited, "The sentinel does not start.");
            return false;
        }
    }
}
