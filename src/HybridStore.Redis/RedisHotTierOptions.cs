using System.Text;

namespace HybridStore.Redis;

/// <summary>How the Redis hot tier keeps sessions.</summary>
public sealed class RedisHotTierOptions
{
    internal const int LongestKeyPrefix = 128;
    internal static readonly TimeSpan ShortestOperationTimeout = TimeSpan.FromMilliseconds(10);
    internal static readonly TimeSpan LongestOperationTimeout = TimeSpan.FromMinutes(1);
    internal static readonly TimeSpan ShortestIdleExpiry = TimeSpan.FromMinutes(1);
    internal static readonly TimeSpan LongestIdleExpiry = TimeSpan.FromDays(3650);
    internal static readonly TimeSpan ShortestReconnectDelay = TimeSpan.FromMilliseconds(10);
    internal static readonly TimeSpan LongestReconnectDelay = TimeSpan.FromMinutes(5);

    /// <summary>What every key and channel of the store begins with. Stores with different prefixes share a Redis without seeing each other.</summary>
    /// <value><c>hybridstore</c> by default; 1 to 128 bytes of UTF-8, without braces, which are Redis Cluster's.</value>
    public string KeyPrefix { get; set; } = "hybridstore";

    /// <summary>How long one call may take, connection and repeats included, before it fails with <see cref="StoreUnavailableException"/>.</summary>
    /// <value>2 seconds by default; from 10 milliseconds to 1 minute.</value>
    public TimeSpan OperationTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>After how long without a commit a session leaves Redis. Never while a lease may queue, or while something waits for cold.</summary>
    /// <value>7 days by default; 0 for never, otherwise from 1 minute to 3,650 days.</value>
    public TimeSpan IdleExpiry { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The longest pause between attempts to connect again; it begins at a second and grows, with jitter. It is tried for ever.</summary>
    /// <value>5 seconds by default; from 10 milliseconds to 5 minutes.</value>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What to do with a server whose settings may lose what was queued: see <see cref="RedisFinding"/>.</summary>
    /// <value><see cref="UnsafeServer.Warn"/> by default.</value>
    public UnsafeServer UnsafeServer { get; set; } = UnsafeServer.Warn;

    /// <summary>Whether commits may be queued here while cold does not answer. Without it, the tier is only a cache, and a server that loses everything is safe.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool AllowQueueing { get; set; } = true;

    /// <summary>Checks the options.</summary>
    /// <returns>What is wrong and what to do about it, one message for each fault; empty if nothing is.</returns>
    public IReadOnlyList<string> Validate()
    {
        var faults = new List<string>();
        if (string.IsNullOrEmpty(KeyPrefix) || Encoding.UTF8.GetByteCount(KeyPrefix) > LongestKeyPrefix || KeyPrefix.AsSpan().ContainsAny('{', '}', '\0'))
            faults.Add($"{Name(nameof(KeyPrefix))} is empty, longer than {LongestKeyPrefix} bytes or contains a brace or U+0000; the default is hybridstore.");
        Range(faults, nameof(OperationTimeout), OperationTimeout, ShortestOperationTimeout, LongestOperationTimeout);
        if (IdleExpiry != TimeSpan.Zero)
            Range(faults, nameof(IdleExpiry), IdleExpiry, ShortestIdleExpiry, LongestIdleExpiry);
        Range(faults, nameof(MaxReconnectDelay), MaxReconnectDelay, ShortestReconnectDelay, LongestReconnectDelay);
        if (!Enum.IsDefined(UnsafeServer))
            faults.Add($"{Name(nameof(UnsafeServer))} is {(int)UnsafeServer}; choose one of {string.Join(", ", Enum.GetNames<UnsafeServer>())}.");
        return faults;
    }

    internal RedisHotTierOptions Checked()
    {
        if (Validate() is { Count: > 0 } faults)
            throw new ArgumentException(string.Join(' ', faults));
        return (RedisHotTierOptions)MemberwiseClone();
    }

    private static string Name(string property) => $"{nameof(RedisHotTierOptions)}.{property}";

    private static void Range(List<string> faults, string property, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
            faults.Add($"{Name(property)} is {value}; choose from {least} to {most}{(property == nameof(IdleExpiry) ? ", or 0 for never" : "")}.");
    }
}
