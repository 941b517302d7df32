namespace HybridStore.Redis.Connection;

/// <summary>What INFO says of a server, as far as the tier needs it.</summary>
internal sealed record ServerInfo
{
    public required string RunId { get; init; }

    public required string Version { get; init; }

    public required bool IsMaster { get; init; }

    /// <summary>Empty if there is no limit of memory: then nothing is evicted, whatever the policy.</summary>
    public required string EvictionPolicy { get; init; }

    /// <summary>Not so while the server loads it.</summary>
    public required bool AppendOnly { get; init; }

    public required bool IsLoading { get; init; }

    public static ServerInfo? Parse(string? text)
    {
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in (text ?? "").Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                lines[line[..colon]] = line[(colon + 1)..].TrimEnd('\r');
        }

        string Value(string key) => lines.GetValueOrDefault(key, "");
        return Value("run_id").Length == 0
            ? null
            : new ServerInfo
            {
                RunId = Value("run_id"),
                Version = Value("redis_version"),
                IsMaster = Value("role") == "master",
                EvictionPolicy = Value("maxmemory") is "" or "0" ? "" : Value("maxmemory_policy"),
                AppendOnly = Value("aof_enabled") == "1",
                IsLoading = Value("loading") == "1",
            };
    }
}
