namespace HybridStore;

/// <summary>When a tier that fails is no longer asked, and when it is asked again.</summary>
/// <remarks>
/// Failures are calls that the tier did not answer, in time or at all. What it answers and refuses is none: conflicts, fenced commits, bad input, damage, a full disk.
/// </remarks>
public sealed class BreakerOptions
{
    internal const int LeastThroughput = 2;
    internal const int MostThroughput = 1_000_000;
    internal static readonly TimeSpan ShortestDuration = TimeSpan.FromMilliseconds(500);
    internal static readonly TimeSpan LongestDuration = TimeSpan.FromHours(1);

    /// <summary>Whether there is a breaker at all. Without one, a tier can still be isolated by hand.</summary>
    /// <value>True by default. Environment: <c>HYBRIDSTORE_COLD_BREAKER</c>, <c>HYBRIDSTORE_HOT_BREAKER</c>.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>The share of calls that fail, from which on the breaker opens.</summary>
    /// <value>0.5 by default; above 0, up to 1. Environment: <c>HYBRIDSTORE_COLD_BREAKER_FAILURE_RATIO</c>, <c>HYBRIDSTORE_HOT_BREAKER_FAILURE_RATIO</c>.</value>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>Over how long calls are counted.</summary>
    /// <value>10 seconds by default; from half a second to one hour. Environment: <c>HYBRIDSTORE_COLD_BREAKER_SAMPLING_DURATION</c>, <c>HYBRIDSTORE_HOT_BREAKER_SAMPLING_DURATION</c>.</value>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many calls there must have been in that time, before the breaker opens.</summary>
    /// <value>
    /// 10 calls by default; from 2 to 1,000,000. The breaker of one tenant needs half as many. Environment: <c>HYBRIDSTORE_COLD_BREAKER_MINIMUM_THROUGHPUT</c>,
    /// <c>HYBRIDSTORE_HOT_BREAKER_MINIMUM_THROUGHPUT</c>.
    /// </value>
    public int MinimumThroughput { get; set; } = 10;

    /// <summary>How long it stays open before one call is let through to see whether the tier is back.</summary>
    /// <value>30 seconds by default; from half a second to one hour. Environment: <c>HYBRIDSTORE_COLD_BREAKER_BREAK_DURATION</c>, <c>HYBRIDSTORE_HOT_BREAKER_BREAK_DURATION</c>.</value>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(30);
}
