using HybridStore.Conformance.Stores;
using HybridStore.Sqlite;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests;

/// <summary>The same over SQLite: every commit under a lease, and queued.</summary>
public sealed class HeldQueuedSqliteStoreFixture() : HeldStoreFixture(Durability.Queued)
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-").FullName;

    protected override bool DisposesTiers => true;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    protected override IAsyncEnumerable<StoreDump> DumpAsync() => StoreDump.OfFilesAsync(_folder);

    protected override ValueTask<IColdTier> OpenColdAsync() => ValueTask.FromResult<IColdTier>(
        new SqliteColdTier(new SqliteColdTierOptions { Path = Path.Combine(_folder, "auth.db"), BusyTimeout = TimeSpan.FromMinutes(1) }, Clock));
}
