using HybridStore.Conformance.Tiers;
using HybridStore.Sqlite;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests;

public sealed class SqliteColdFixture : ColdTierFixture
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-").FullName;
    private readonly List<SqliteColdTier> _tiers = [];
    private readonly ManualClock _clock = new();

    public override ValueTask<IColdTier> OpenAsync()
    {
        var tier = new SqliteColdTier(new SqliteColdTierOptions { Path = Path.Combine(_folder, "auth.db"), BusyTimeout = TimeSpan.FromMinutes(1) }, _clock);
        _tiers.Add(tier);
        return ValueTask.FromResult<IColdTier>(tier);
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
        Directory.Delete(_folder, recursive: true);
    }
}
