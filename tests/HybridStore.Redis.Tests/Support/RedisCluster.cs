using System.Globalization;

namespace HybridStore.Redis.Tests.Support;

/// <summary>Three masters on this machine that share the slots.</summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private readonly List<RedisServer> _nodes = [];

    public IReadOnlyList<RedisServer> Nodes => _nodes;

    public string ConnectionString => string.Join(',', _nodes.Select(n => n.ConnectionString));

    public static async Task<RedisCluster> StartAsync()
    {
        var cluster = new RedisCluster();
        try
        {
            await cluster.JoinAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public Task WholeAsync() => Eventually.TrueAsync(() => _nodes.TrueForAll(IsWhole), "the cluster");

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    private async Task JoinAsync()
    {
        var buses = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            buses.Add(RedisServer.FreePort().ToString(CultureInfo.InvariantCulture));
            _nodes.Add(await RedisServer.StartDurableAsync("--cluster-enabled", "yes", "--cluster-port", buses[i], "--cluster-node-timeout", "5000"));
            _nodes[i].Send("CLUSTER", "ADDSLOTSRANGE", Slot(i * 5462), Slot(Math.Min(16383, (i * 5462) + 5461)));
            if (i > 0)
                _nodes[0].Send("CLUSTER", "MEET", "127.0.0.1", _nodes[i].Port.ToString(CultureInfo.InvariantCulture), buses[i]);
        }

        await WholeAsync();
    }

    private static bool IsWhole(RedisServer node)
    {
        try
        {
            var info = node.Send("CLUSTER", "INFO");
            return info.Contains("cluster_state:ok", StringComparison.Ordinal) && info.Contains("cluster_known_nodes:3", StringComparison.Ordinal);
        }
        catch (InvalidOperationException e) when (e.Message.StartsWith("LOADING", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static string Slot(int slot) => slot.ToString(CultureInfo.InvariantCulture);
}
