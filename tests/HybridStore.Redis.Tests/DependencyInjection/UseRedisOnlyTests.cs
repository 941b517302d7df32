using HybridStore.Codec;
using HybridStore.DependencyInjection;
using HybridStore.Redis.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace HybridStore.Redis.Tests.DependencyInjection;

public sealed class UseRedisOnlyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UseRedisOnly_Store_KeepsSessionsOverTheProcess()
    {
        await using var server = await RedisServer.StartDurableAsync();
        var key = MasterKey.Generate().ToBase64();
        await using (var services = Build(server, key))
        await using (var session = await services.GetRequiredService<IAuthStateStore>().OpenAsync("clinic", "reception", Cancel))
            await session.CommitAsync(new AuthPatch().Set(AuthKeyTypes.Session, "a", new byte[] { 1, 2, 3 }), Cancel);

        await using var again = Build(server, key);
        await using var reopened = await again.GetRequiredService<IAuthStateStore>().OpenAsync("clinic", "reception", Cancel);

        Assert.Equal([1, 2, 3], (await reopened.GetAsync(AuthKeyTypes.Session, ["a"], Cancel))[0].Value.ToArray());
        Assert.All(server.Send("KEYS", "*").Split('\n'), static name => Assert.StartsWith("bots:cold1:", name, StringComparison.Ordinal));
    }

    [Fact]
    public void UseRedisOnly_AnotherTierBesideIt_IsRefused()
    {
        Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddHybridAuthStore().UseInMemoryCold().UseRedisOnly("localhost"));
        Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddHybridAuthStore().UseHotTier(static _ => null).UseRedisOnly("localhost"));
    }

    [Fact]
    public void UseRedisOnly_OptionOutOfRange_IsRefusedAtOnce() =>
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddHybridAuthStore().UseRedisOnly("localhost", o => o.KeyPrefix = ""));

    /// <summary>An application's connection is made without an administrator's rights, unless somebody thought of it.</summary>
    [Fact]
    public async Task UseRedisOnly_ApplicationsConnection_Works()
    {
        await using var server = await RedisServer.StartDurableAsync();
        using var shared = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString, null);
        await using var services = Build(MasterKey.Generate().ToBase64(), b => b.UseRedisOnly(_ => shared));

        await using var session = await services.GetRequiredService<IAuthStateStore>().OpenAsync("clinic", "reception", Cancel);
        await session.CommitAsync(new AuthPatch().Set(AuthKeyTypes.Session, "a", new byte[] { 1, 2, 3 }), Cancel);

        Assert.Equal([1, 2, 3], (await session.GetAsync(AuthKeyTypes.Session, ["a"], Cancel))[0].Value.ToArray());
    }

    private static ServiceProvider Build(RedisServer server, string key) => Build(key, b => b.UseRedisOnly(server.ConnectionString, o => o.KeyPrefix = "bots"));

    private static ServiceProvider Build(string key, Action<IHybridAuthStoreBuilder> use)
    {
        var services = new ServiceCollection();
        use(services.AddHybridAuthStore(o =>
        {
            o.Encryption.MasterKey = key;
            o.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        }));
        return services.BuildServiceProvider();
    }
}
