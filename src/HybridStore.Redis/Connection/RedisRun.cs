using StackExchange.Redis;

namespace HybridStore.Redis.Connection;

/// <summary>One run of the servers, as this process knows it: the connections on which it was learned, and the scripts that were loaded for it.</summary>
internal sealed class RedisRun
{
    private readonly IServer[] _masters;
    private readonly long _sockets;
    private readonly byte[][] _hashes;

    public RedisRun(string runId, IServer[] masters, long sockets, byte[][] hashes, RedisServerReport report, StoreUnusableException? refusal)
    {
        RunId = runId;
        _masters = masters;
        _sockets = sockets;
        _hashes = hashes;
        Report = report;
        Refusal = refusal;
    }

    /// <summary>The server's run id; where several masters share the sessions, one made of all of theirs.</summary>
    public string RunId { get; }

    public RedisServerReport Report { get; }

    /// <summary>Why the server is not used, or <see langword="null"/>.</summary>
    public StoreUnusableException? Refusal { get; }

    /// <summary>
    /// Whether the connections to the masters are the ones on which the run was learned. The driver counts a connection before it is opened: what was
    /// answered before this said yes came from this run. Its events come too late for that. A master that is away may have been replaced by its replica,
    /// to which there is a connection already.
    /// </summary>
    public bool IsOnSameConnections => CountSockets(_masters) == _sockets && AreConnected(_masters);

    public byte[] HashOf(RedisScript script) => _hashes[(int)script];

    private static bool AreConnected(IServer[] servers)
    {
        foreach (var server in servers)
        {
            if (!server.IsConnected)
                return false;
        }

        return true;
    }

    public static long CountSockets(IServer[] servers)
    {
        var count = 0L;
        foreach (var server in servers)
            count += server.GetCounters().Interactive.SocketCount;
        return count;
    }
}
