using HybridStore.Conformance;

namespace HybridStore.Tests.Keys;

/// <summary>The unwrapped data keys that a process holds are bounded in number and time; those of open sessions are held as long as they are open.</summary>
public sealed class DataKeyCacheTests : IAsyncDisposable
{
    private readonly KeyFixture _fixture = new();

    private static CancellationToken Cancel => KeyFixture.Cancel;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Keys_OfMoreSessionsThanAreKept_AreUnwrappedAgain()
    {
        var (store, _) = _fixture.Open(static o => o.DataKeyCacheSessions = 3);
        for (var i = 0; i < 10; i++)
            await KeyFixture.WriteAsync(store, KeyFixture.Numbered(i));

        Assert.Equal(3, store.CachedDataKeys);
        for (var i = 0; i < 10; i++)
            Assert.Equal(1, await KeyFixture.ReadAsync(store, KeyFixture.Numbered(i)));
        Assert.Equal(3, store.CachedDataKeys);
    }

    [Fact]
    public async Task Keys_AfterTheirTime_AreReadAgainAndARevokedMasterKeyEndsThem()
    {
        var (store, _) = _fixture.Open(static o =>
        {
            o.KeyRing.Enabled = true;
            o.DataKeyCacheDuration = TimeSpan.FromMinutes(30);
        });
        await KeyFixture.WriteAsync(store, KeyFixture.Session);
        var old = (await store.KeyRing.ListAsync(Cancel))[0].Id;
        await store.KeyRing.RotateAsync(cancellationToken: Cancel);
        await store.KeyRing.RevokeAsync(old, Cancel);

        Assert.Equal(1, await KeyFixture.ReadAsync(store, KeyFixture.Session));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(MasterKeyFault.Revoked, (await Assert.ThrowsAsync<MasterKeyException>(() => KeyFixture.ReadAsync(store, KeyFixture.Session))).Fault);
    }

    [Fact]
    public async Task Keys_OfAnOpenSession_StayWhateverComes()
    {
        var (store, cold) = _fixture.Open(static o => o.DataKeyCacheSessions = 1);
        await using var session = await store.OpenAsync(KeyFixture.Session, Cancel);
        await session.CommitAsync(new AuthPatch().Set(AuthKeyTypes.Session, "a", new byte[40]), Cancel);
        for (var i = 0; i < 5; i++)
            await KeyFixture.WriteAsync(store, KeyFixture.Numbered(i));
        var reads = cold.Probe.Count(TierOperation.Read);

        await session.CommitAsync(new AuthPatch().Set(AuthKeyTypes.Session, "b", new byte[40]), Cancel);

        Assert.Equal(reads, cold.Probe.Count(TierOperation.Read));
        Assert.InRange(store.CachedDataKeys, 1, 2);
    }

    [Fact]
    public async Task Dropped_Keys_AreCleared()
    {
        var (store, _) = _fixture.Open(static o => o.DataKeyCacheSessions = 1);
        var bytes = await DropAsync(store);

        for (var i = 0; i < 50 && bytes.AsSpan().ContainsAnyExcept((byte)0); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Yield();
        }

        Assert.Equal(new byte[32], bytes);
    }

    // By itself, so that no local keeps the key alive.
    private static async Task<byte[]> DropAsync(HybridAuthStore store)
    {
        await KeyFixture.WriteAsync(store, KeyFixture.Numbered(1));
        var bytes = store.KeyBytesOf(KeyFixture.Numbered(1));
        Assert.True(bytes.AsSpan().ContainsAnyExcept((byte)0));
        await KeyFixture.WriteAsync(store, KeyFixture.Numbered(2));
        return bytes;
    }
}
