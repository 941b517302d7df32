using HybridStore.Codec;
using HybridStore.DependencyInjection;
using HybridStore.PostgreSql.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace HybridStore.PostgreSql.Tests.DependencyInjection;

public sealed class UsePostgreSqlTests : ColdTest
{
    private readonly string _key = MasterKey.Generate().ToBase64();

    [Theory]
    [InlineData("string")]
    [InlineData("source")]
    [InlineData("services")]
    [InlineData("postgresql")]
    [InlineData("postgres")]
    [InlineData("keywords")]
    public async Task UsePostgreSql_HoweverItIsChosen_KeepsSessionsOverTheProcess(string how)
    {
        // A server of its own where configuration can't say a schema.
        var isConfigured = how is "postgresql" or "postgres" or "keywords";
        var server = isConfigured ? Keep(await PostgreSqlServer.StartAsync()).ConnectionString : await SharedServer.ConnectionStringAsync();
        await using var source = NpgsqlDataSource.Create(server);
        var cold = how switch
        {
            "postgresql" or "postgres" => Uri(how, new NpgsqlConnectionStringBuilder(server)),
            "keywords" => $"postgresql:{server}",
            _ => null,
        };
        await using (var services = Build())
        await using (var session = await services.GetRequiredService<IAuthStateStore>().OpenAsync("clinic", "reception", Cancel))
            await session.CommitAsync(new AuthPatch().Set(AuthKeyTypes.Session, "a", new byte[] { 1, 2, 3 }), Cancel);

        await using var again = Build();
        await using var reopened = await again.GetRequiredService<IAuthStateStore>().OpenAsync("clinic", "reception", Cancel);

        Assert.Equal([1, 2, 3], (await reopened.GetAsync(AuthKeyTypes.Session, ["a"], Cancel))[0].Value.ToArray());

        ServiceProvider Build()
        {
            var services = new ServiceCollection();
            services.AddSingleton(source);
            var builder = services.AddHybridAuthStore(o =>
            {
                o.Encryption.MasterKey = _key;
                o.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
                o.Cold = cold ?? o.Cold;
            });
            _ = how switch
            {
                "string" => builder.UsePostgreSql(server, o => o.Schema = Schema.Name),
                "source" => builder.UsePostgreSql(source, o => o.Schema = Schema.Name),
                "services" => builder.UsePostgreSql(p => p.GetRequiredService<NpgsqlDataSource>(), o => o.Schema = Schema.Name),
                _ => builder,
            };
            return services.BuildServiceProvider();
        }
    }

    [Theory]
    [InlineData("postgres")]
    [InlineData("postgresql")]
    public async Task AddHybridAuthStore_PlatformNamesTheDatabase_KeepsSessionsThere(string scheme)
    {
        // Another server than the one of the tests beside: no configuration says a schema.
        var server = Keep(await PostgreSqlServer.StartAsync());
        var options = new HybridAuthStoreOptions();
        var choice = TierChoice.Cold(options, variable => variable == "DATABASE_URL" ? Uri(scheme, new NpgsqlConnectionStringBuilder(server.ConnectionString)) : null);
        await using var services = new ServiceCollection().AddHybridAuthStore(o =>
        {
            o.Encryption.MasterKey = _key;
            o.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
            o.Cold = choice.Uri!;
        }).Services.BuildServiceProvider();
        await using (var session = await services.GetRequiredService<IAuthStateStore>().OpenAsync("clinic", "reception", Cancel))
            await session.CommitAsync(new AuthPatch().Set(AuthKeyTypes.Session, "a", new byte[] { 1, 2, 3 }), Cancel);

        Assert.Equal(1L, await server.ExecuteAsync("SELECT count(*) FROM hybridstore.record"));
        Assert.Equal((scheme, "DATABASE_URL"), (choice.Scheme, choice.Source));
    }

    [Fact]
    public void UsePostgreSql_OptionOrStringThatIsWrong_IsRefusedAtOnce()
    {
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddHybridAuthStore().UsePostgreSql("Host=localhost", o => o.Schema = ""));
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddHybridAuthStore().UsePostgreSql("nonsense"));
    }

    private static string Uri(string scheme, NpgsqlConnectionStringBuilder server) =>
        $"{scheme}://{server.Username}:{System.Uri.EscapeDataString(server.Password!)}@{server.Host}:{server.Port}/{server.Database}";
}
