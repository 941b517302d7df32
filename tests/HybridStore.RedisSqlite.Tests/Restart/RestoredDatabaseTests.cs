using HybridStore.RedisSqlite.Tests.KnownFailures;
using static HybridStore.RedisSqlite.Tests.KnownFailures.RealStores;

namespace HybridStore.RedisSqlite.Tests.Restart;

/// <summary>The database is restored to an earlier state, and Redis is not.</summary>
public sealed class RestoredDatabaseTests
{
    [Fact]
    public async Task Open_DatabaseIsOfBeforeTheLastLeases_IsATypedErrorAtOnce()
    {
        await using var real = await RealStores.StartAsync();
        await WriteAsync(real, 1);
        var older = real.Copy("older.db");
        for (byte value = 2; value <= 5; value++)
            await WriteAsync(real, value);
        real.PutBack(older);

        // The database issues epochs that Redis has seen already: that is no reason to take whoever opens for a former holder.
        var store = await real.StartAsync();
        var e = await Assert.ThrowsAsync<ColdWentBackException>(async () => await store.OpenAsync(Session, Cancel));

        Assert.Equal((1, 5), (e.ColdVersion, e.SeenVersion));
    }

    private static async Task WriteAsync(RealStores real, byte value)
    {
        var store = await real.StartAsync();
        await using (var session = await store.OpenAsync(Session, Cancel))
            await session.CommitAsync(new AuthPatch().Set(AuthKeyTypes.Session, "a", new[] { value }).Require(Durability.Persisted), Cancel);
        await real.CloseAsync(store);
    }
}
