namespace HybridStore;

/// <summary>What a tier's breaker does with calls.</summary>
public enum BreakerState
{
    /// <summary>Calls are sent.</summary>
    Closed = 1,

    /// <summary>One call was let through, to see whether the tier is back; the others are refused until it has ended.</summary>
    HalfOpen = 2,

    /// <summary>Too many calls have failed: calls are refused at once, until the break is over.</summary>
    Open = 3,

    /// <summary>Somebody has isolated the tier: calls are refused until it is released.</summary>
    Isolated = 4,
}
