namespace HybridStore.Redis;

/// <summary>What is known of the servers, as health checks show it.</summary>
public sealed class RedisServerReport
{
    /// <summary>Whether a server answered, and when this was found out it still did.</summary>
    public required bool IsConnected { get; init; }

    /// <summary>The servers that are written to, as <c>host:port</c>.</summary>
    public IReadOnlyList<string> Masters { get; init; } = [];

    /// <summary>The run of the servers; empty if none answered yet.</summary>
    public string RunId { get; init; } = "";

    /// <summary>The servers' version; empty if none answered yet.</summary>
    public string Version { get; init; } = "";

    /// <summary>Whether what was acknowledged survives every restart: AOF with <c>appendfsync always</c> on every master. <see langword="false"/> if that can't be known.</summary>
    public bool KeepsEverything { get; init; }

    /// <summary>What should be changed.</summary>
    public IReadOnlyList<RedisFinding> Findings { get; init; } = [];

    /// <summary>Why no server answers, without secrets; <see langword="null"/> if one does.</summary>
    public string? Failure { get; init; }
}
