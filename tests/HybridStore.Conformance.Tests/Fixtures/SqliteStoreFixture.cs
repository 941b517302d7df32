using HybridStore.Conformance.Stores;
using HybridStore.Sqlite;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests;

/// <summary>The store over SQLite alone.</summary>
public class SqliteStoreFixture : HybridAuthStoreFixture
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-").FullName;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    protected override IAsyncEnumerable<StoreDump> DumpAsync() => StoreDump.OfFilesAsync(_folder);

    protected override ValueTask<IColdTier> OpenColdAsync() => ValueTask.FromResult<IColdTier>(
        new SqliteColdTier(new SqliteColdTierOptions { Path = Path.Combine(_folder, "auth.db"), BusyTimeout = TimeSpan.FromMinutes(1) }, Clock));
}
