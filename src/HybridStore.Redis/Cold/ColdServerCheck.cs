using HybridStore.Redis.Connection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace HybridStore.Redis.Cold;

/// <summary>Says of each run of the servers, once, how durable they are, and refuses those that the options refuse.</summary>
internal sealed class ColdServerCheck(RedisColdTierOptions options, TimeProvider time, ILogger logger)
{
    private readonly Lock _gate = new();
    private volatile Verdict? _last;

    /// <exception cref="StoreUnusableException">The server is refused.</exception>
    public async ValueTask CheckAsync(RedisRun run, IConnectionMultiplexer multiplexer)
    {
        var verdict = _last is { } last && last.IsOf(run) ? last : Begin(run, multiplexer);
        if (await verdict.Judging.ConfigureAwait(false) is { } refusal)
            throw refusal;
    }

    // Everybody who comes meanwhile waits for the same verdict. One that could not be found is asked for again by the next.
    private Verdict Begin(RedisRun run, IConnectionMultiplexer multiplexer)
    {
        lock (_gate)
        {
            if (_last is not { } last || !last.IsOf(run))
                _last = last = new Verdict(run.RunId, Task.Run(() => JudgeAsync(multiplexer)));
            return last;
        }
    }

    private async Task<StoreUnusableException?> JudgeAsync(IConnectionMultiplexer multiplexer)
    {
        StoreUnusableException? refusal = null;
        foreach (var endpoint in multiplexer.GetEndPoints(configuredOnly: false))
        {
            var server = multiplexer.GetServer(endpoint, null);
            if (!server.IsConnected || await ServerQuestions.InfoAsync(multiplexer, server).WaitAsync(options.OperationTimeout, time).ConfigureAwait(false) is not { IsMaster: true } info)
            {
                continue;
            }

            var config = await ServerQuestions.ConfigAsync(multiplexer, server).WaitAsync(options.OperationTimeout, time).ConfigureAwait(false);
            var name = RedisEndpoints.Describe(endpoint);
            ColdLog.RedisOnly(logger, name, info.AppendOnly ? "on" : "off", Setting(config, "appendfsync"), Setting(config, "save"));
            foreach (var finding in Judge(name, info, config))
            {
                ColdLog.Finding(logger, finding);
                if (options.UnsafeServer == UnsafeServer.Refuse)
                    refusal ??= new StoreUnusableException(RedisErrors.TierName, StoreUnusableReason.Unsafe, finding);
            }
        }

        return refusal;
    }

    private static IEnumerable<string> Judge(string server, ServerInfo info, Dictionary<string, string>? config)
    {
        if (info.EvictionPolicy.StartsWith("allkeys", StringComparison.Ordinal))
        {
            yield return $"Redis at {server} has maxmemory-policy {info.EvictionPolicy}, which may evict sessions that are nowhere else. "
                + "Set maxmemory-policy to noeviction or volatile-lru.";
        }

        if (!info.AppendOnly && config is not null && config.GetValueOrDefault("save", "").Length == 0)
        {
            yield return $"Redis at {server} keeps nothing over a restart: neither AOF nor RDB is on, and the sessions are nowhere else. "
                + "Set appendonly yes, or keep the sessions in a database.";
        }
    }

    private static string Setting(Dictionary<string, string>? config, string name) =>
        config is null ? "unknown" : config.GetValueOrDefault(name, "") is { Length: > 0 } value ? value : "off";

    private sealed record Verdict(string Run, Task<StoreUnusableException?> Judging)
    {
        public bool IsOf(RedisRun run) => Run == run.RunId && !Judging.IsFaulted && !Judging.IsCanceled;
    }
}
