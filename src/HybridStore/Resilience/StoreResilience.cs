using HybridStore.Diagnostics;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging;

namespace HybridStore.Resilience;

/// <summary>The pipelines of a store's tiers, and the tiers behind them.</summary>
internal sealed class StoreResilience
{
    /// <param name="cold">The cold tier.</param>
    /// <param name="hot">The hot tier, if there is one.</param>
    /// <param name="options">How to deal with them.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    /// <param name="metrics">Where to count.</param>
    /// <param name="chance">From 0 to 1, for a scheduler that drives every step; <see langword="null"/>: none does.</param>
    public StoreResilience(IColdTier cold, IHotTier? hot, ResilienceOptions options, TimeProvider time, ILogger logger, StoreMetrics metrics, Func<double>? chance = null)
    {
        ColdPipeline = new TierPipeline(AuthTier.Cold, cold.Name, options.Cold, time, logger, metrics, chance, runsInline: chance is not null);
        Cold = new ResilientColdTier(cold, ColdPipeline);
        if (hot is null)
            return;
        HotPipeline = new TierPipeline(
            AuthTier.Hot, hot.Name, options.Hot, time, logger, metrics, chance, run: () => hot.RunId, callTimeout: hot.CallTimeout, runsInline: chance is not null);
        Hot = new ResilientHotTier(hot, HotPipeline);
    }

    public TierPipeline ColdPipeline { get; }

    public ResilientColdTier Cold { get; }

    public TierPipeline? HotPipeline { get; }

    public ResilientHotTier? Hot { get; }

    public async ValueTask DisposeAsync()
    {
        await ColdPipeline.DisposeAsync().ConfigureAwait(false);
        if (HotPipeline is not null)
            await HotPipeline.DisposeAsync().ConfigureAwait(false);
    }
}
