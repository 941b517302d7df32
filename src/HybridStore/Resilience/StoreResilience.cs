using HybridStore.Diagnostics;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging;

namespace HybridStore.Resilience;

/// <summary>The pipelines of a store's tiers, and the tiers behind them.</summary>
internal sealed class StoreResilience
{
    public StoreResilience(IColdTier cold, IHotTier? hot, ResilienceOptions options, TimeProvider time, ILogger logger, StoreMetrics metrics)
    {
        ColdPipeline = new TierPipeline(AuthTier.Cold, cold.Name, options.Cold, time, logger, metrics);
        Cold = new ResilientColdTier(cold, ColdPipeline);
        if (hot is null)
            return;
        HotPipeline = new TierPipeline(AuthTier.Hot, hot.Name, options.Hot, time, logger, metrics, run: () => hot.RunId, callTimeout: hot.CallTimeout);
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
