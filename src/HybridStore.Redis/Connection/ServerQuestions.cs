using StackExchange.Redis;

namespace HybridStore.Redis.Connection;

/// <summary>
/// What a server is asked about itself. The driver takes that for an administrator's business: on a connection that an application made without
/// <c>allowAdmin</c>, it is asked by a script, or as any command, which reaches the one master that there is, but no certain one of a cluster.
/// </summary>
internal static class ServerQuestions
{
    // As a command, from 3.0 on the driver refuses it all the same.
    private const string InfoScript = "return redis.call('INFO')";
    private static readonly string[] Settings = ["appendfsync", "save", "lazyfree-lazy-expire"];

    public static async Task<ServerInfo?> InfoAsync(IConnectionMultiplexer multiplexer, IServer server)
    {
        var info = ServerInfo.Parse(await AskInfoAsync(multiplexer, server).ConfigureAwait(false));

        // What it says of itself meanwhile is not how it will be: it has switched its AOF off, for one.
        return info is { IsLoading: true } ? throw new StoreUnavailableException(RedisErrors.TierName, "Redis is still loading its data.") : info;
    }

    /// <summary>The settings that INFO does not tell; <see langword="null"/> if the server does not tell them either: then it is judged by what INFO says.</summary>
    public static async Task<Dictionary<string, string>?> ConfigAsync(IConnectionMultiplexer multiplexer, IServer server)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var name in Settings)
            {
                foreach (var (key, value) in await ConfigAsync(multiplexer, server, name).ConfigureAwait(false))
                    found[key] = value;
            }

            return found;
        }
        catch (Exception e) when (e is RedisServerException or RedisCommandException && !RedisErrors.IsPassing(e))
        {
            return null;
        }
    }

    public static async Task<bool> FlushScriptsAsync(IConnectionMultiplexer multiplexer, IServer server)
    {
        try
        {
            await server.ScriptFlushAsync(CommandFlags.None).ConfigureAwait(false);
        }
        catch (RedisCommandException)
        {
            await AskAsync(multiplexer, "SCRIPT", "FLUSH").ConfigureAwait(false);
        }

        return true;
    }

    private static async Task<string?> AskInfoAsync(IConnectionMultiplexer multiplexer, IServer server)
    {
        try
        {
            return await server.InfoRawAsync(default, CommandFlags.None).ConfigureAwait(false);
        }
        catch (RedisCommandException)
        {
            RefuseCluster(server);
            return (string?)await multiplexer.GetDatabase(-1, null).ScriptEvaluateAsync(InfoScript, [], [], CommandFlags.DemandMaster).ConfigureAwait(false);
        }
    }

    private static async Task<KeyValuePair<string, string>[]> ConfigAsync(IConnectionMultiplexer multiplexer, IServer server, string name)
    {
        try
        {
            return await server.ConfigGetAsync(name, CommandFlags.None).ConfigureAwait(false);
        }
        catch (RedisCommandException)
        {
            var pair = (RedisResult[])(await AskAsync(multiplexer, "CONFIG", "GET", name).ConfigureAwait(false))!;
            return pair.Length < 2 ? [] : [new KeyValuePair<string, string>((string)pair[0]!, (string)pair[1]!)];
        }
    }

    private static Task<RedisResult> AskAsync(IConnectionMultiplexer multiplexer, string command, params object[] arguments) =>
        multiplexer.GetDatabase(-1, null).ExecuteAsync(command, arguments, CommandFlags.DemandMaster);

    private static void RefuseCluster(IServer server)
    {
        if (server.ServerType == ServerType.Cluster)
        {
            throw new StoreUnusableException(
                RedisErrors.TierName, StoreUnusableReason.Unsafe, "The connection to the Redis Cluster was made without allowAdmin=true, so that its masters can't be asked which run they are in. Make it with that.");
        }
    }
}
