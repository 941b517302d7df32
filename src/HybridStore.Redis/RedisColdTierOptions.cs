namespace HybridStore.Redis;

/// <summary>How a Redis that is the only place of the sessions keeps them.</summary>
public sealed class RedisColdTierOptions
{
    /// <summary>What every key of the store begins with. Stores with different prefixes share a Redis without seeing each other.</summary>
    /// <value><c>hybridstore</c> by default; 1 to 128 bytes of UTF-8, without braces, which are Redis Cluster's.</value>
    public string KeyPrefix { get; set; } = "hybridstore";

    /// <summary>How long one call may take, connection and repeats included, before it fails with <see cref="StoreUnavailableException"/>.</summary>
    /// <value>2 seconds by default; from 10 milliseconds to 1 minute.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest pause between attempts to connect again; it begins at a tenth of a second and grows, with jitter. It is tried for ever.</summary>
    /// <value>5 seconds by default; from 10 milliseconds to 5 minutes.</value>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What to do with a server that may evict sessions, or that keeps nothing over a restart.</summary>
    /// <value><see cref="UnsafeServer.Warn"/> by default.</value>
    public UnsafeServer UnsafeServer { get; set; } = UnsafeServer.Warn;

    /// <summary>Checks the options.</summary>
    /// <returns>What is wrong and what to do about it, one message for each fault; empty if nothing is.</returns>
    public IReadOnlyList<string> Validate() =>
        [.. ForConnection().Validate().Select(static fault => fault.Replace(nameof(RedisHotTierOptions), nameof(RedisColdTierOptions), StringComparison.Ordinal))];

    internal RedisColdTierOptions Checked()
    {
        if (Validate() is { Count: > 0 } faults)
            throw new ArgumentException(string.Join(' ', faults));
        return (RedisColdTierOptions)MemberwiseClone();
    }

    /// <summary>What the connection needs of it. Nothing is queued: what is committed is judged by <see cref="Cold.ColdServerCheck"/>.</summary>
    internal RedisHotTierOptions ForConnection() => new()
    {
        KeyPrefix = KeyPrefix,
        OperationTimeout = OperationTimeout,
        MaxReconnectDelay = MaxReconnectDelay,
        UnsafeServer = UnsafeServer,
        AllowQueueing = false,
    };
}
