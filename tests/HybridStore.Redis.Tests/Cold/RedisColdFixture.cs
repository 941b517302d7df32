using HybridStore.Conformance;
using HybridStore.Conformance.Tiers;
using HybridStore.Redis.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.Redis.Tests.Cold;

/// <summary>A place on the server for one test. Leases go by the test's clock; that they go by the server's otherwise is a test of its own.</summary>
public sealed class RedisColdFixture : ColdTierFixture
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";
    private readonly List<RedisColdTier> _tiers = [];
    private readonly ManualClock _clock = new();

    public override async ValueTask<IColdTier> OpenAsync()
    {
        var options = new RedisColdTierOptions { KeyPrefix = _prefix, OperationTimeout = TimeSpan.FromMinutes(1) };
        var tier = new RedisColdTier(await SharedServer.ConnectAsync(_tiers.Count), options, timeProvider: null, logger: null, _clock);
        _tiers.Add(tier);
        return tier;
    }

    public override ValueTask AdvanceAsync(TimeSpan by)
    {
        _clock.Advance(by);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var tier in _tiers)
            await tier.DisposeAsync();
    }
}
