using HybridStore.Conformance;
using HybridStore.Conformance.Tiers;
using HybridStore.PostgreSql.Tests.Support;
using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.PostgreSql.Tests.Conformance;

/// <summary>A schema on the server for one test. Leases go by the test's clock; that they go by the server's otherwise is a test of its own.</summary>
public class PostgreSqlColdFixture : ColdTierFixture
{
    private readonly TestSchema _schema = new();
    private readonly List<PostgreSqlColdTier> _tiers = [];
    private readonly ManualClock _clock = new();

    public override async ValueTask<IColdTier> OpenAsync()
    {
        var tier = new PostgreSqlColdTier(await SourceAsync(_tiers.Count), isShared: true, _schema.Options, TimeProvider.System, logger: null, _clock);
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
        if (_tiers.Count > 0)
            await _schema.DisposeAsync();
    }

    private protected virtual ValueTask<NpgsqlDataSource> SourceAsync(int number) => SharedServer.SourceAsync(number);
}
