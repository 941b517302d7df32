namespace HybridStore.Resilience;

/// <summary>Says of every option of resilience that is out of its range what to do.</summary>
internal static class ResilienceFaults
{
    public static IEnumerable<string> Of(ResilienceOptions options) => Of("Resilience.Cold", options.Cold).Concat(Of("Resilience.Hot", options.Hot));

    private static IEnumerable<string> Of(string name, TierResilienceOptions options)
    {
        var breaker = options.Breaker;
        if (breaker.FailureRatio is not (> 0 and <= 1))
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}.Breaker.FailureRatio is {breaker.FailureRatio}; choose above 0, up to 1.");
        if (breaker.SamplingDuration < BreakerOptions.ShortestDuration || breaker.SamplingDuration > BreakerOptions.LongestDuration)
            yield return $"{name}.Breaker.SamplingDuration is {breaker.SamplingDuration}; choose from {BreakerOptions.ShortestDuration} to {BreakerOptions.LongestDuration}.";
        if (breaker.MinimumThroughput is < BreakerOptions.LeastThroughput or > BreakerOptions.MostThroughput)
            yield return $"{name}.Breaker.MinimumThroughput is {breaker.MinimumThroughput}; choose from {BreakerOptions.LeastThroughput} to {BreakerOptions.MostThroughput}.";
        if (breaker.BreakDuration < BreakerOptions.ShortestDuration || breaker.BreakDuration > BreakerOptions.LongestDuration)
            yield return $"{name}.Breaker.BreakDuration is {breaker.BreakDuration}; choose from {BreakerOptions.ShortestDuration} to {BreakerOptions.LongestDuration}.";
        var retry = options.Retry;
        if (retry.MaxAttempts is < 1 or > RetryOptions.MostAttempts)
            yield return $"{name}.Retry.MaxAttempts is {retry.MaxAttempts}; choose from 1 to {RetryOptions.MostAttempts}.";
        if (retry.BaseDelay < TimeSpan.Zero || retry.BaseDelay > RetryOptions.LongestDelay)
            yield return $"{name}.Retry.BaseDelay is {retry.BaseDelay}; choose from 00:00:00 to {RetryOptions.LongestDelay}.";
        if (retry.MaxDelay < retry.BaseDelay || retry.MaxDelay > RetryOptions.LongestDelay)
            yield return $"{name}.Retry.MaxDelay is {retry.MaxDelay}; choose from Retry.BaseDelay, {retry.BaseDelay}, to {RetryOptions.LongestDelay}.";
        if (retry.Deadline < RetryOptions.ShortestDeadline || retry.Deadline > RetryOptions.LongestDeadline)
            yield return $"{name}.Retry.Deadline is {retry.Deadline}; choose from {RetryOptions.ShortestDeadline} to {RetryOptions.LongestDeadline}.";
        if (options.Timeout != Timeout.InfiniteTimeSpan && (options.Timeout < TierResilienceOptions.ShortestTimeout || options.Timeout > TierResilienceOptions.LongestTimeout))
        {
            yield return $"{name}.Timeout is {options.Timeout}; choose from {TierResilienceOptions.ShortestTimeout} to {TierResilienceOptions.LongestTimeout}, "
                + "or -00:00:00.0010000 for none.";
        }
    }
}
