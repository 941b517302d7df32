namespace HybridStore.Resilience;

/// <summary>Says of every limit of a tenant that is out of its range what to do.</summary>
internal static class TenantLimitFaults
{
    private static readonly TimeSpan ShortestBurst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBurst = TimeSpan.FromHours(1);

    public static IEnumerable<string> Of(TenantLimitOptions options)
    {
        if (options.CountInterval < TenantLimitOptions.ShortestInterval || options.CountInterval > TenantLimitOptions.LongestInterval)
            yield return $"TenantLimits.CountInterval is {options.CountInterval}; choose from {TenantLimitOptions.ShortestInterval} to {TenantLimitOptions.LongestInterval}.";
        foreach (var fault in Of("TenantLimits.Default", options.Default).Concat(options.Tenants.SelectMany(static t => Of($"TenantLimits.Tenants.{t.Key}", t.Value))))
            yield return fault;
    }

    private static IEnumerable<string> Of(string name, TenantLimits limits)
    {
        if (limits.MaxConcurrentCommits is < 1 or > TenantLimits.MostConcurrent)
            yield return $"{name}.MaxConcurrentCommits is {limits.MaxConcurrentCommits}; choose from 1 to {TenantLimits.MostConcurrent}, or leave it out.";
        if (limits.MaxWaitingCommits is < 0 or > TenantLimits.MostWaiting)
            yield return $"{name}.MaxWaitingCommits is {limits.MaxWaitingCommits}; choose from 0 to {TenantLimits.MostWaiting}.";
        foreach (var (rate, value) in new[]
        {
            (nameof(TenantLimits.CommitsPerSecond), limits.CommitsPerSecond),
            (nameof(TenantLimits.RecordsPerSecond), limits.RecordsPerSecond),
            (nameof(TenantLimits.BytesPerSecond), limits.BytesPerSecond),
        })
        {
            if (value is { } perSecond && !(perSecond > 0 && double.IsFinite(perSecond)))
                yield return $"{name}.{rate} is {perSecond}; choose above 0, or leave it out.";
        }

        if (limits.Burst < ShortestBurst || limits.Burst > LongestBurst)
            yield return $"{name}.Burst is {limits.Burst}; choose from {ShortestBurst} to {LongestBurst}.";
        if (limits.MaxRecords < 1)
            yield return $"{name}.MaxRecords is {limits.MaxRecords}; choose at least 1, or leave it out.";
        if (limits.MaxBytes < 1)
            yield return $"{name}.MaxBytes is {limits.MaxBytes}; choose at least 1, or leave it out.";
    }
}
