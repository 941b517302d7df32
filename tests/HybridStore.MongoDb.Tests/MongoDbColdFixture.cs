using HybridStore.Conformance;
using HybridStore.Conformance.Tiers;
using HybridStore.MongoDb.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.MongoDb.Tests;

/// <summary>A database for one test. Leases go by the test's clock; that they go by the server's otherwise is a test of its own.</summary>
public sealed class MongoDbColdFixture : ColdTierFixture
{
    private readonly string _database = SharedServer.NewName();
    private readonly List<MongoDbColdTier> _tiers = [];
    private readonly ManualClock _clock = new();

    public override async ValueTask<IColdTier> OpenAsync()
    {
        var options = new MongoDbColdTierOptions { OperationTimeout = SharedServer.Patience };
        var tier = new MongoDbColdTier(await SharedServer.DatabaseAsync(_database, _tiers.Count), options, timeProvider: null, _clock);
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
        await SharedServer.DropAsync(_database);
    }
}
