using HybridStore.Codec;
using HybridStore.Redis.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace HybridStore.Redis.Tests.DependencyInjection;

public sealed class RegistrationTests : RedisTierTest
{
    private readonly string _key = MasterKey.Generate().ToBase64();

    [Theory]
    [InlineData("string")]
    [InlineData("options")]
    [InlineData("connection")]
    [InlineData("services")]
    [InlineData("configuration")]
    public async Task UseRedis_HoweverItIsChosen_HoldsWhatWasCommitted(string how)
    {
        var server = await StartAsync();
        var services = new ServiceCollection();
        using var shared = await ConnectionMultiplexer.ConnectAsync(server.ConnectionString, null);
        services.AddSingleton<IConnectionMultiplexer>(shared);
        var builder = services.AddHybridAuthStore(o =>
        {
            Configure(o);
            o.Hot = how == "configuration" ? $"redis:{server.ConnectionString}" : null;
        }).UseInMemoryCold();
        _ = how switch
        {
            "string" => builder.UseRedis(server.ConnectionString, o => o.KeyPrefix = "hybridstore"),
            "options" => builder.UseRedis(ConfigurationOptions.Parse(server.ConnectionString)),
            "connection" => builder.UseRedis(shared),
            "services" => builder.UseRedis(p => p.GetRequiredService<IConnectionMultiplexer>()),
            _ => builder,
        };
        await using (var provider = services.BuildServiceProvider())
        {
            var store = provider.GetRequiredService<IAuthStateStore>();
            // It connects in the background; until then, commits go to cold only.
            await Eventually.TrueAsync(
                async () =>
                {
                    await store.CommitAsync(Session, new AuthPatch().Set("session", "a", new byte[] { 1 }), Cancel);
                    return server.Send("EXISTS", "hybridstore:{clinic/reception}:r") == "1";
                },
                "the session in Redis");
        }

        // The application's connection is the application's.
        Assert.Equal("1", (string?)await shared.GetDatabase(-1, null).ExecuteAsync("EXISTS", ["hybridstore:{clinic/reception}:r"], CommandFlags.None));
    }

    [Fact]
    public async Task Host_WithoutRedis_StartsAndWorks()
    {
        var server = await StartAsync();
        await server.KillAsync();
        var services = new ServiceCollection();
        services.AddHybridAuthStore(Configure).UseInMemoryCold().UseRedis(server.ConnectionString);
        await using var provider = services.BuildServiceProvider();
        foreach (var hosted in provider.GetServices<IHostedService>())
            await hosted.StartAsync(Cancel);

        var store = provider.GetRequiredService<IAuthStateStore>();
        await store.CommitAsync(Session, new AuthPatch().Set("session", "a", new byte[] { 1 }), Cancel);

        Assert.NotNull(await store.FindSessionAsync(Session, Cancel));
    }

    [Fact]
    public void UseRedis_WithAnOptionOutOfRange_IsRefusedWhereItStands() =>
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddHybridAuthStore(Configure).UseRedis("localhost", o => o.OperationTimeout = TimeSpan.Zero));

    private void Configure(HybridAuthStoreOptions options)
    {
        options.Encryption.MasterKey = _key;
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        options.Lease.Mode = LeaseMode.Off;
    }
}
