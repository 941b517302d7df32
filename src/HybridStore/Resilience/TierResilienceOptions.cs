namespace HybridStore;

/// <summary>How the store deals with one tier that fails.</summary>
public sealed class TierResilienceOptions
{
    internal static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(10);
    internal static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1);

    /// <summary>When calls are no longer sent.</summary>
    public BreakerOptions Breaker { get; } = new();

    /// <summary>How calls that were not done are tried again.</summary>
    public RetryOptions Retry { get; } = new();

    /// <summary>How long one attempt may take. Importing and streams have no such limit, and a tier's own limits hold besides.</summary>
    /// <value>
    /// 10 seconds for cold, and none for hot, by default; from 10 milliseconds to one hour, or <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for none. A commit that takes
    /// longer ends as <see cref="CommitOutcomeUnknownException"/>. Environment: <c>HYBRIDSTORE_COLD_TIMEOUT</c>, <c>HYBRIDSTORE_HOT_TIMEOUT</c>.
    /// </value>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
