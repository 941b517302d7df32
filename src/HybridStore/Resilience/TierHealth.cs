namespace HybridStore;

/// <summary>How a tier is doing, as far as its calls have shown.</summary>
/// <param name="Tier">Which one.</param>
/// <param name="Name">Its name, such as <c>redis</c>.</param>
/// <param name="State">What its breaker does with calls.</param>
/// <param name="Since">Since when it is in that state.</param>
/// <param name="LastFailure">What failed last, for people; <see langword="null"/>: nothing yet.</param>
/// <param name="LastFailureAt">When that was.</param>
/// <param name="RefusedTenants">How many tenants' own breakers refuse calls now.</param>
public sealed record TierHealth(
    AuthTier Tier, string Name, BreakerState State, DateTimeOffset Since, string? LastFailure, DateTimeOffset? LastFailureAt, int RefusedTenants);
