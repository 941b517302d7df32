using HybridStore.InMemory;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests;

/// <summary>The store as it is by default: hot in each process's memory, cold in SQLite.</summary>
public sealed class HybridSqliteStoreFixture : SqliteStoreFixture
{
    protected override ValueTask<IHotTier?> OpenHotAsync() => ValueTask.FromResult<IHotTier?>(new InMemoryHotTier(64 * 1024 * 1024));
}
