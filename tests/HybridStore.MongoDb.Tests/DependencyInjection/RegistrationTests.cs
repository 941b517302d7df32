using HybridStore.DependencyInjection;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Tests.DependencyInjection;

public sealed class RegistrationTests
{
    private const string Nowhere = "mongodb://bot:secret@127.0.0.1:1/bots";

    public static TheoryData<string> Ways { get; } = ["string", "settings", "client", "database", "service"];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task UseMongoDb_EachWay_MakesTheTier(string way)
    {
        using var client = new MongoClient(Nowhere);
        var services = new ServiceCollection();
        services.AddSingleton<IMongoClient>(client);
        var builder = services.AddHybridAuthStore(o => o.Encryption.MasterKey = HybridStore.Codec.MasterKey.Generate().ToBase64());
        static void Configure(MongoDbColdTierOptions options) => options.OperationTimeout = TimeSpan.FromMilliseconds(100);
        _ = way switch
        {
            "string" => builder.UseMongoDb(Nowhere, Configure),
            "settings" => builder.UseMongoDb(MongoClientSettings.FromConnectionString(Nowhere), "bots", Configure),
            "client" => builder.UseMongoDb(client, "bots", Configure),
            "database" => builder.UseMongoDb(client.GetDatabase("bots"), Configure),
            _ => builder.UseMongoDb(static p => p.GetRequiredService<IMongoClient>().GetDatabase("bots"), Configure),
        };
        await using var provider = services.BuildServiceProvider();

        var store = provider.GetRequiredService<IAuthStateStore>();

        var failure = await Assert.ThrowsAnyAsync<AuthStoreException>(async () => await store.SummarizeAsync(new AuthSessionId("t", "s"), TestContext.Current.CancellationToken));
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mongodb://localhost")]
    [InlineData("nonsense")]
    public void UseMongoDb_StringThatIsNone_IsRefusedAtOnce(string text) =>
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddHybridAuthStore().UseMongoDb(text));

    [Fact]
    public void UseMongoDb_OptionOutOfRange_IsRefusedAtOnce() => Assert.Throws<ArgumentException>(
        () => new ServiceCollection().AddHybridAuthStore().UseMongoDb("mongodb://localhost/bots", static o => o.OperationTimeout = TimeSpan.Zero));

    [Fact]
    public void Configuration_NamesMongoDb_MakesTheTier()
    {
        Assert.True(ColdTierUri.TryParse(Nowhere, out var uri));
        var tier = new MongoDbColdTierFactory().Create(uri, new ServiceCollection().BuildServiceProvider());
        Assert.Equal("mongodb", tier.Name);
        Assert.Equal("mongodb+srv", new MongoDbSrvColdTierFactory().Scheme);
    }
}
