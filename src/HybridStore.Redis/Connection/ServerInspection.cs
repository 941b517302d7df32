using System.Net;

namespace HybridStore.Redis.Connection;

/// <summary>Judges a server's settings.</summary>
internal static class ServerInspection
{
    private static readonly Version Oldest = new(7, 0);

    public static bool KeepsEverything(ServerInfo info, Dictionary<string, string>? config) =>
        info.AppendOnly && config?.GetValueOrDefault("appendfsync") == "always";

    public static IEnumerable<RedisFinding> Judge(EndPoint endpoint, ServerInfo info, Dictionary<string, string>? config, bool queues)
    {
        var server = RedisEndpoints.Describe(endpoint);
        if (IsTooOld(info))
        {
            yield return new RedisFinding(
                RedisFindingKind.TooOld, $"Redis at {server} is version {info.Version}; 7.0 is the oldest by which a restart is recognised for sure. Use a newer server.");
        }

        if (queues && info.EvictionPolicy.StartsWith("allkeys", StringComparison.Ordinal))
        {
            yield return new RedisFinding(
                RedisFindingKind.EvictsQueuedCommits,
                $"Redis at {server} has maxmemory-policy {info.EvictionPolicy}, which may evict commits that the database has not taken yet. "
                + "Set maxmemory-policy to volatile-lru or noeviction.");
        }

        if (queues && !info.AppendOnly && config is not null && config.GetValueOrDefault("save", "").Length == 0)
        {
            yield return new RedisFinding(
                RedisFindingKind.NotPersistent,
                $"Redis at {server} keeps nothing over a restart: neither AOF nor RDB is on, so that commits which the database has not taken yet would be lost. "
                + "Set appendonly yes, or switch queueing off.");
        }

        if (config?.GetValueOrDefault("lazyfree-lazy-expire") == "no")
        {
            yield return new RedisFinding(
                RedisFindingKind.ExpiresSlowly,
                $"Redis at {server} has lazyfree-lazy-expire no: a large session that expires holds up everybody for a moment. Set lazyfree-lazy-expire yes.");
        }
    }

    public static bool IsTooOld(ServerInfo info) => Version.TryParse(info.Version, out var version) && version < Oldest;
}
