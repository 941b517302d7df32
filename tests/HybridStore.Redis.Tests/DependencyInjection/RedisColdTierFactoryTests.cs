using HybridStore.Codec;
using HybridStore.Redis.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace HybridStore.Redis.Tests.DependencyInjection;

/// <summary>A setting alone keeps the sessions in Redis.</summary>
public sealed class RedisColdTierFactoryTests
{
    private static readonly string Key = MasterKey.Generate().ToBase64();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("none")]
    [InlineData("memory")]
    public async Task Cold_RedisIsNamed_KeepsSessionsOverTheProcess(string hot)
    {
        await using var server = await RedisServer.StartDurableAsync();
        await using (var services = Build(server, hot))
        await using (var session = await services.GetRequiredService<IAuthStateStore>().OpenAsync("clinic", "reception", Cancel))
            await session.CommitAsync(new AuthPatch().Set(AuthKeyTypes.Session, "a", new byte[] { 1, 2, 3 }), Cancel);

        await using var again = Build(server, hot);
        await using var reopened = await again.GetRequiredService<IAuthStateStore>().OpenAsync("clinic", "reception", Cancel);

        Assert.Equal([1, 2, 3], (await reopened.GetAsync(AuthKeyTypes.Session, ["a"], Cancel))[0].Value.ToArray());
        Assert.All(server.Send("KEYS", "*").Split('\n'), static name => Assert.StartsWith("hybridstore:cold1:", name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cold_OptionsOfTheServices_AreThoseOfTheTier()
    {
        await using var server = await RedisServer.StartAsync();
        await using var services = Build(server, "none", o => o.UnsafeServer = UnsafeServer.Refuse);

        var e = await Assert.ThrowsAsync<StoreUnusableException>(
            async () => await services.GetRequiredService<IAuthStateStore>().FindSessionAsync(new AuthSessionId("clinic", "reception"), Cancel));

        Assert.Equal(StoreUnusableReason.Unsafe, e.Reason);
    }

    [Fact]
    public void Cold_ConnectionStringThatIsNone_IsNotShown()
    {
        var services = new ServiceCollection();
        services.AddHybridAuthStore(o => (o.Encryption.MasterKey, o.Cold) = (Key, "redis:localhost,nonsense=hunter2"));
        using var provider = services.BuildServiceProvider();

        var e = Assert.Throws<ArgumentException>(provider.GetRequiredService<IAuthStateStore>);

        Assert.DoesNotContain("hunter2", e.ToString(), StringComparison.Ordinal);
    }

    private static ServiceProvider Build(RedisServer server, string hot, Action<RedisColdTierOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddHybridAuthStore(o =>
        {
            o.Encryption.MasterKey = Key;
            o.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
            o.Cold = $"redis:{server.ConnectionString}";
            o.Hot = hot;
        });
        if (configure is not null)
            services.Configure(configure);
        return services.BuildServiceProvider();
    }
}
