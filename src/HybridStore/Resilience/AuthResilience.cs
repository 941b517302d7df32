using HybridStore.Resilience;

namespace HybridStore;

/// <summary>How a store's tiers are doing, and the switch that takes one out.</summary>
public sealed class AuthResilience
{
    private readonly StoreResilience? _pipelines;

    internal AuthResilience(StoreResilience? pipelines) => _pipelines = pipelines;

    /// <summary>How the cold tier is doing.</summary>
    public TierHealth Cold => Of(AuthTier.Cold).Health;

    /// <summary>How the hot tier is doing; <see langword="null"/> for a store without one.</summary>
    public TierHealth? Hot => _pipelines?.HotPipeline?.Health;

    /// <summary>Takes a tier out of use: the store behaves as if it were down, until it is released. For maintenance, or a tier that answers wrongly.</summary>
    /// <remarks>
    /// Leases are extended by hot while cold is isolated, as during an outage; where hot has no outbox, they are lost when they run out. Calls that are under way come to their end.
    /// </remarks>
    /// <param name="tier">Which one.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="InvalidOperationException">The store has no such tier.</exception>
    public async ValueTask IsolateAsync(AuthTier tier, CancellationToken cancellationToken = default) =>
        await Of(tier).IsolateAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Closes a tier's breaker, whatever opened it: the tier is asked again from now on.</summary>
    /// <param name="tier">Which one.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="InvalidOperationException">The store has no such tier.</exception>
    public async ValueTask ReleaseAsync(AuthTier tier, CancellationToken cancellationToken = default) =>
        await Of(tier).ReleaseAsync(cancellationToken).ConfigureAwait(false);

    private TierPipeline Of(AuthTier tier) => (tier == AuthTier.Cold ? _pipelines?.ColdPipeline : tier == AuthTier.Hot ? _pipelines?.HotPipeline : null)
        ?? throw new InvalidOperationException($"The store has no {(tier == AuthTier.Hot ? "hot" : "such")} tier.");
}
