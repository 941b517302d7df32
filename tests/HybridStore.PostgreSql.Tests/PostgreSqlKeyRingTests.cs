using HybridStore.Codec;
using HybridStore.PostgreSql.Tests.Conformance;

namespace HybridStore.PostgreSql.Tests;

/// <summary>The key ring of stores that share a server, each with connections of its own.</summary>
public sealed class PostgreSqlKeyRingTests : IAsyncDisposable
{
    private static readonly AuthSessionId Session = new("clinic", "reception");

    private readonly PostgreSqlColdFixture _fixture = new();
    private readonly string _key = NewKey();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Rotate_StoresAtOnce_LeaveOneActiveKeyAndEverySessionReadable()
    {
        await using var one = await OpenAsync();
        await using var two = await OpenAsync();

        // Who comes first of all makes the first key, of both at once.
        await Task.WhenAll(Task.Run(() => one.InitializeAsync(Cancel).AsTask(), Cancel), Task.Run(() => two.InitializeAsync(Cancel).AsTask(), Cancel));
        Assert.Equal(2, (await one.KeyRing.ListAsync(Cancel)).Count);
        for (var i = 0; i < 20; i++)
            await (i % 2 == 0 ? one : two).CommitAsync(new AuthSessionId("clinic", $"{i}"), new AuthPatch().Set("session", "a", new byte[] { (byte)i }), Cancel);

        await Task.WhenAll(new[] { one, two }.Select(store => Task.Run(
            async () =>
            {
                await store.KeyRing.RotateAsync(cancellationToken: Cancel);
                await store.KeyRing.RewrapAsync(cancellationToken: Cancel);
            },
            Cancel)));
        await one.KeyRing.RewrapAsync(cancellationToken: Cancel);

        var keys = await two.KeyRing.ListAsync(Cancel);
        Assert.Equal(4, keys.Count);
        var active = Assert.Single(keys, static k => k.State == MasterKeyState.Active);
        Assert.Equal(new Dictionary<string, long> { [active.Id] = 20 }, await two.KeyRing.CountAsync(Cancel));
        await using var third = await OpenAsync();
        for (var i = 0; i < 20; i++)
            Assert.Equal([(byte)i], (await third.GetAsync(new AuthSessionId("clinic", $"{i}"), new AuthKey("session", "a"), Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task Reencrypt_WhileAnotherStoreCommits_LosesNothing()
    {
        await using var one = await OpenAsync();
        await using var two = await OpenAsync();
        var patch = new AuthPatch();
        for (var i = 0; i < 300; i++)
            patch.Set("session", $"{i}", new byte[] { 0 });
        await one.CommitAsync(Session, patch, Cancel);
        var committing = Task.Run(
            async () =>
            {
                for (var i = 0; i < 60; i++)
                    await two.CommitAsync(Session, new AuthPatch().Set("session", $"{i}", new byte[] { 1 }), Cancel);
            },
            Cancel);

        var report = await one.KeyRing.ReencryptAsync(new KeyJobRequest { NewDataKeys = true }, Cancel);
        await committing;

        Assert.Equal(0, report.Failed);
        var left = await one.KeyRing.ReencryptAsync(cancellationToken: Cancel);
        Assert.Equal(0, left.Failed);
        await using var third = await OpenAsync();
        for (var i = 0; i < 300; i++)
            Assert.Equal([(byte)(i < 60 ? 1 : 0)], (await third.GetAsync(Session, new AuthKey("session", $"{i}"), Cancel)).Value.ToArray());
        Assert.Equal(0, (await third.KeyRing.ReencryptAsync(cancellationToken: Cancel)).Changed);
    }

    private static string NewKey()
    {
        using var key = MasterKey.Generate();
        return key.ToBase64();
    }

    private async Task<HybridAuthStore> OpenAsync()
    {
        var options = new HybridAuthStoreOptions { MaxStaleness = TimeSpan.Zero };
        options.Encryption.MasterKey = _key;
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        options.Encryption.KeyRing.Enabled = true;
        return new HybridAuthStore(await _fixture.OpenAsync(), hot: null, options);
    }
}
