using StackExchange.Redis;

namespace HybridStore.Redis.Connection;

/// <summary>Asks the servers which run they are in, and gives them the scripts for it.</summary>
internal sealed class RunLearner(RedisHotTierOptions options, TimeProvider time)
{
    private const int Attempts = 3;

    public async Task<RedisRun> LearnAsync(IConnectionMultiplexer multiplexer)
    {
        for (var attempt = 1; ; attempt++)
        {
            var servers = multiplexer.GetEndPoints(configuredOnly: false).Select(e => multiplexer.GetServer(e, null)).Where(s => s.IsConnected).ToArray();
            // Before anything is asked: see RedisRun.IsOnSameConnections.
            var sockets = servers.ToDictionary(static s => s, static s => RedisRun.CountSockets([s]));
            var infos = await Task.WhenAll(servers.Select(s => ServerQuestions.InfoAsync(multiplexer, s).WaitAsync(options.OperationTimeout, time))).ConfigureAwait(false);
            var masters = servers.Zip(infos).Where(static s => s.Second is { IsMaster: true }).Select(static s => (Server: s.First, Info: s.Second!)).ToList();
            if (masters.Count == 0)
                throw new StoreUnavailableException(RedisErrors.TierName, "No Redis server that can be written to is connected.");

            var runId = RunIdOf(masters.ConvertAll(static m => m.Info.RunId));
            var hashes = await LoadAsync(masters.ConvertAll(static m => m.Server), runId).ConfigureAwait(false);
            var run = await InspectAsync(multiplexer, masters, runId, masters.Sum(m => sockets[m.Server]), hashes).ConfigureAwait(false);
            if (run.IsOnSameConnections)
                return run;
            if (attempt == Attempts)
                throw new StoreUnavailableException(RedisErrors.TierName, "The connection to Redis is lost again and again.");

            // A server that came up in between may have been given the scripts of the run before it, and would take the calls of whoever has not noticed.
            foreach (var (server, _) in masters.Where(static m => m.Server.IsConnected))
                await ServerQuestions.FlushScriptsAsync(multiplexer, server).WaitAsync(options.OperationTimeout, time).ConfigureAwait(false);
        }
    }

    /// <summary>Several masters are one run together: if one of them starts anew, nothing is believed before it was checked.</summary>
    private static string RunIdOf(List<string> runs)
    {
        var distinct = runs.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return distinct.Count == 1
            ? distinct[0]
            : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(string.Join(',', distinct))))[..40];
    }

    private async Task<byte[][]> LoadAsync(List<IServer> masters, string runId)
    {
        var texts = ScriptLibrary.For(runId);
        var loads = masters.ConvertAll(m => Task.WhenAll(texts.Select(t => m.ScriptLoadAsync(t, CommandFlags.None))));
        byte[][] hashes = [];
        foreach (var load in loads)
            hashes = await load.WaitAsync(options.OperationTimeout, time).ConfigureAwait(false);
        return hashes;
    }

    private async Task<RedisRun> InspectAsync(
        IConnectionMultiplexer multiplexer, List<(IServer Server, ServerInfo Info)> masters, string runId, long sockets, byte[][] hashes)
    {
        var findings = new List<RedisFinding>();
        var keeps = true;
        var tooOld = false;
        foreach (var (server, info) in masters.DistinctBy(static m => m.Info.RunId))
        {
            var config = await ServerQuestions.ConfigAsync(multiplexer, server).WaitAsync(options.OperationTimeout, time).ConfigureAwait(false);
            findings.AddRange(ServerInspection.Judge(server.EndPoint, info, config, options.AllowQueueing));
            keeps &= ServerInspection.KeepsEverything(info, config);
            tooOld |= ServerInspection.IsTooOld(info);
        }

        var report = new RedisServerReport
        {
            IsConnected = true,
            Masters = masters.ConvertAll(static m => RedisEndpoints.Describe(m.Server.EndPoint)),
            RunId = runId,
            Version = masters[0].Info.Version,
            KeepsEverything = keeps,
            Findings = findings,
        };

        // A server whose restarts go unnoticed is not a matter of choice.
        var refused = findings.Find(f => f.IsUnsafe && (options.UnsafeServer == UnsafeServer.Refuse || (tooOld && f.Kind == RedisFindingKind.TooOld)));
        var refusal = refused is null ? null : new StoreUnusableException(RedisErrors.TierName, ReasonOf(refused.Kind), refused.Message);
        return new RedisRun(runId, [.. masters.Select(static m => m.Server)], sockets, hashes, report, refusal);
    }

    private static StoreUnusableReason ReasonOf(RedisFindingKind kind) =>
        kind == RedisFindingKind.TooOld ? StoreUnusableReason.MissingDependency : StoreUnusableReason.Unsafe;
}
