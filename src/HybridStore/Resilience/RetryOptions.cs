namespace HybridStore;

/// <summary>How a call that a tier did not do is tried again: after exponentially longer pauses with jitter, within one deadline for all attempts.</summary>
/// <remarks>
/// Tried again is what is known not to have been done, or harmless when it is repeated. A commit of unknown outcome is repeated by the store itself, before its session takes another one.
/// </remarks>
public sealed class RetryOptions
{
    internal const int MostAttempts = 100;
    internal static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);
    internal static readonly TimeSpan ShortestDeadline = TimeSpan.FromMilliseconds(10);
    internal static readonly TimeSpan LongestDeadline = TimeSpan.FromHours(1);

    /// <summary>How often a call is sent at most, the first time included.</summary>
    /// <value>3 for cold and 2 for hot by default; from 1 (never again) to 100. Environment: <c>HYBRIDSTORE_COLD_RETRY_MAX_ATTEMPTS</c>, <c>HYBRIDSTORE_HOT_RETRY_MAX_ATTEMPTS</c>.</value>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>The pause before the second attempt, on the average; each one after it is twice as long.</summary>
    /// <value>50 milliseconds for cold and 20 for hot by default; from zero to one minute. Environment: <c>HYBRIDSTORE_COLD_RETRY_BASE_DELAY</c>, <c>HYBRIDSTORE_HOT_RETRY_BASE_DELAY</c>.</value>
    public TimeSpan BaseDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest pause.</summary>
    /// <value>One second for cold and 200 milliseconds for hot by default; from <see cref="BaseDelay"/> to one minute. Environment: <c>HYBRIDSTORE_COLD_RETRY_MAX_DELAY</c>, <c>HYBRIDSTORE_HOT_RETRY_MAX_DELAY</c>.</value>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long all attempts and pauses of one call may take together. An attempt is cut short by what is left of it.</summary>
    /// <value>15 seconds for cold and 3 for hot by default; from 10 milliseconds to one hour. Environment: <c>HYBRIDSTORE_COLD_RETRY_DEADLINE</c>, <c>HYBRIDSTORE_HOT_RETRY_DEADLINE</c>.</value>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(15);
}
