namespace HybridStore.Resilience;

/// <summary>What each preset sets: always the same options, so that the last one chosen counts.</summary>
internal static class PresetOptions
{
    public static void Apply(HybridAuthStorePreset preset, HybridAuthStoreOptions options)
    {
        var (breaks, sampling, attempts, coldDeadline, hotDeadline, timeout, lease, acquire, drain, reconcile) = preset switch
        {
            HybridAuthStorePreset.Production => (30, 10, (Cold: 3, Hot: 2), 15, 3, 10, 30, 40, 10, 60),
            HybridAuthStorePreset.Development => (5, 10, (3, 2), 5, 1, 5, 10, 15, 2, 10),
            HybridAuthStorePreset.Testing => (1, 1, (1, 1), 2, 1, 2, 3, 5, 1, 1),
            _ => throw new ArgumentOutOfRangeException(nameof(preset), preset, "There is no such preset."),
        };
        foreach (var tier in (TierResilienceOptions[])[options.Resilience.Cold, options.Resilience.Hot])
        {
            tier.Breaker.BreakDuration = TimeSpan.FromSeconds(breaks);
            tier.Breaker.SamplingDuration = TimeSpan.FromSeconds(sampling);
        }

        (options.Resilience.Cold.Retry.MaxAttempts, options.Resilience.Hot.Retry.MaxAttempts) = attempts;
        options.Resilience.Cold.Retry.Deadline = TimeSpan.FromSeconds(coldDeadline);
        options.Resilience.Hot.Retry.Deadline = TimeSpan.FromSeconds(hotDeadline);
        options.Resilience.Cold.Timeout = TimeSpan.FromSeconds(timeout);
        options.Lease.Duration = TimeSpan.FromSeconds(lease);
        options.Lease.AcquireTimeout = TimeSpan.FromSeconds(acquire);
        options.Outbox.DrainTimeout = TimeSpan.FromSeconds(drain);
        options.Outbox.ReconcileInterval = TimeSpan.FromSeconds(reconcile);
    }
}
