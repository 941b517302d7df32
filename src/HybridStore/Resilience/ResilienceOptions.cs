namespace HybridStore;

/// <summary>How the store deals with tiers that fail: when it stops asking, how often it asks again, and how long it waits.</summary>
public sealed class ResilienceOptions
{
    /// <summary>The cold tier's.</summary>
    /// <value>By default three attempts within 15 seconds, of 10 seconds each at most.</value>
    public TierResilienceOptions Cold { get; } = new();

    /// <summary>The hot tier's. Reads, fills and what cold has committed are never tried again there: the store does without it.</summary>
    /// <value>By default two attempts within 3 seconds, and no time limit besides the tier's own.</value>
    public TierResilienceOptions Hot { get; } = new()
    {
        Retry = { MaxAttempts = 2, BaseDelay = TimeSpan.FromMilliseconds(20), MaxDelay = TimeSpan.FromMilliseconds(200), Deadline = TimeSpan.FromSeconds(3) },
        Timeout = Timeout.InfiniteTimeSpan,
    };
}
