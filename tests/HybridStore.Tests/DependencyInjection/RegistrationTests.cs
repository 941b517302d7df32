using HybridStore.Codec;
using HybridStore.DependencyInjection;
using HybridStore.InMemory;
using HybridStore.Tiers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HybridStore.Tests.DependencyInjection;

public sealed class RegistrationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-").FullName;
    private readonly string _key = MasterKey.Generate().ToBase64();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_line_gives_the_embedded_store()
    {
        await using var provider = new ServiceCollection()
            .AddHybridAuthStore(o =>
            {
                o.Encryption.MasterKey = _key;
                o.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
                o.Cold = $"sqlite:{_folder}/bots.db";
            })
            .Services.BuildServiceProvider();

        var store = provider.GetRequiredService<IAuthStateStore>();
        await store.CommitAsync(new AuthSessionId("clinic", "reception"), new AuthPatch().Set("session", "a", new byte[] { 1 }), Cancel);

        Assert.True(File.Exists($"{_folder}/bots.db"));
        Assert.Same(store, provider.GetRequiredService<HybridAuthStore>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Memory_alone_is_had_by_asking_for_it(bool inCode)
    {
        var builder = new ServiceCollection().AddHybridAuthStore(o =>
        {
            Set(o, "never.db");
            o.Cold = "memory:volatile";
        });
        if (inCode)
            builder.UseInMemoryCold();
        await using var provider = builder.Services.BuildServiceProvider();

        var store = provider.GetRequiredService<IAuthStateStore>();
        await store.CommitAsync(new AuthSessionId("clinic", "reception"), new AuthPatch().Set("session", "a", new byte[] { 1 }), Cancel);

        Assert.NotNull(await store.FindSessionAsync(new AuthSessionId("clinic", "reception"), Cancel));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Memory_is_never_chosen_by_a_short_name()
    {
        using var provider = new ServiceCollection().AddHybridAuthStore(o =>
        {
            Set(o, "never.db");
            o.Cold = "memory:bots";
        }).Services.BuildServiceProvider();

        var e = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IAuthStateStore>());

        Assert.Contains("memory:volatile", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("memory")]
    [InlineData("none")]
    [InlineData("own:anything")]
    public async Task The_hot_tier_is_chosen_by_configuration(string? hot)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IHotTierFactory, OwnHotTierFactory>();
        await using var provider = services.AddHybridAuthStore(o =>
        {
            Set(o, "hot.db");
            o.Hot = hot;
        }).Services.BuildServiceProvider();

        var store = provider.GetRequiredService<IAuthStateStore>();
        await store.CommitAsync(new AuthSessionId("clinic", "reception"), new AuthPatch().Set("session", "a", new byte[] { 1 }), Cancel);

        Assert.Equal(hot == "own:anything" ? ["anything"] : [], provider.GetServices<IHotTierFactory>().OfType<OwnHotTierFactory>().Single().Made);
    }

    [Fact]
    public void A_hot_tier_of_an_unknown_scheme_is_named_without_its_password()
    {
        using var provider = new ServiceCollection().AddHybridAuthStore(o =>
        {
            Set(o, "never.db");
            o.Hot = "keydb:host,password=secret";
        }).Services.BuildServiceProvider();

        var e = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IAuthStateStore>());

        Assert.Contains("'keydb'", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_can_be_disposed_of_synchronously()
    {
        var provider = new ServiceCollection().AddHybridAuthStore(o => Set(o, "sync.db")).Services.BuildServiceProvider();
        var store = provider.GetRequiredService<IAuthStateStore>();
        await store.CommitAsync(new AuthSessionId("clinic", "reception"), new AuthPatch().Set("session", "a", new byte[] { 1 }), Cancel);

        provider.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.FindSessionAsync(new AuthSessionId("clinic", "reception"), Cancel));
    }

    [Fact]
    public async Task Keyed_stores_stand_beside_each_other()
    {
        var services = new ServiceCollection();
        services.AddKeyedHybridAuthStore("one", o => Set(o, "one.db"));
        services.AddKeyedHybridAuthStore("two", o => Set(o, "two.db"));
        await using var provider = services.BuildServiceProvider();
        var session = new AuthSessionId("clinic", "reception");

        await provider.GetRequiredKeyedService<IAuthStateStore>("one").CommitAsync(session, new AuthPatch().Set("session", "a", new byte[] { 1 }), Cancel);

        Assert.NotNull(await provider.GetRequiredKeyedService<IAuthStateStore>("one").FindSessionAsync(session, Cancel));
        Assert.Null(await provider.GetRequiredKeyedService<IAuthStateStore>("two").FindSessionAsync(session, Cancel));
    }

    [Fact]
    public void Registering_twice_says_how_to_have_two()
    {
        var services = new ServiceCollection();
        services.AddHybridAuthStore();

        var e = Assert.Throws<InvalidOperationException>(() => services.AddHybridAuthStore());

        Assert.Contains("AddKeyedHybridAuthStore", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_come_from_configuration_and_code_has_the_last_word()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Store:Encryption:MasterKey"] = _key,
            ["Store:Encryption:Cipher"] = "Aes256Gcm",
            ["Store:Encryption:CompressionThreshold"] = "100",
            ["Store:MaxStaleness"] = "00:00:05",
            ["Store:Cold"] = "sqlite:configured.db",
            ["Store:SessionMemoryBytes"] = "2097152",
            ["Store:TransactionAttempts"] = "3",
            ["Store:Lease:Mode"] = "Off",
            ["Store:Lease:Duration"] = "00:00:10",
            ["Store:Lease:AcquireTimeout"] = "00:00:15",
            ["Store:Lease:Holder"] = "pod-7",
            ["Store:Credentials:PairedField"] = "account.id",
            ["Store:Credentials:IdentityFields:0"] = "account.key",
        }).Build();
        using var provider = new ServiceCollection()
            .AddHybridAuthStore(configuration.GetSection("Store"), o => o.MaxStaleness = TimeSpan.FromSeconds(2))
            .Services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptions<HybridAuthStoreOptions>>().Value;

        Assert.Equal(_key, options.Encryption.MasterKey);
        Assert.Equal(EnvelopeCipher.Aes256Gcm, options.Encryption.Cipher);
        Assert.Equal(100, options.Encryption.CompressionThreshold);
        Assert.Equal(TimeSpan.FromSeconds(2), options.MaxStaleness);
        Assert.Equal("sqlite:configured.db", options.Cold);
        Assert.Equal((2097152, 3), (options.SessionMemoryBytes, options.TransactionAttempts));
        Assert.Equal((LeaseMode.Off, "pod-7"), (options.Lease.Mode, options.Lease.Holder));
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(15)), (options.Lease.Duration, options.Lease.AcquireTimeout));
        Assert.Equal("account.id", options.Credentials.PairedField);
        Assert.Equal([.. new HybridAuthStoreOptions().Credentials.IdentityFields, "account.key"], options.Credentials.IdentityFields);
    }

    [Fact]
    public async Task A_host_does_not_start_without_a_master_key_and_says_how_to_make_one()
    {
        using var host = HostWith(o => o.Cold = $"sqlite:{_folder}/bots.db");

        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancel));

        Assert.Contains("HYBRIDSTORE_MASTER_KEY", e.Message, StringComparison.Ordinal);
        Assert.Contains("keygen", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists($"{_folder}/bots.db"));
    }

    [Fact]
    public async Task A_host_does_not_start_with_a_passphrase_and_does_not_show_it()
    {
        using var host = HostWith(o => o.Encryption.MasterKey = "correct horse battery staple");

        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancel));

        Assert.DoesNotContain("correct horse", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_does_not_start_over_a_file_that_is_no_database()
    {
        var path = $"{_folder}/notes.txt";
        await File.WriteAllTextAsync(path, "These are my notes, and they shall stay as they are. " + new string('.', 500), Cancel);
        var before = await File.ReadAllBytesAsync(path, Cancel);
        using var host = HostWith(o => Set(o, "notes.txt"));

        var e = await Assert.ThrowsAsync<StoreUnusableException>(() => host.StartAsync(Cancel));

        Assert.Equal(StoreUnusableReason.NotOurs, e.Reason);
        Assert.Contains("notes.txt", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(path, Cancel));
    }

    [Fact]
    public async Task A_host_opens_the_store_as_it_starts()
    {
        using var host = HostWith(o => Set(o, "bots.db"));

        await host.StartAsync(Cancel);

        Assert.True(File.Exists($"{_folder}/bots.db"));
        await host.StopAsync(Cancel);
    }

    [Fact]
    public async Task An_unknown_cold_scheme_names_what_there_is()
    {
        await using var provider = new ServiceCollection()
            .AddHybridAuthStore(o =>
            {
                Set(o, "x.db");
                o.Cold = "oracle:user/password@db";
            })
            .Services.BuildServiceProvider();

        var e = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredService<IAuthStateStore>());

        Assert.Contains("oracle", e.Message, StringComparison.Ordinal);
        Assert.Contains("sqlite", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("password", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Choosing_two_cold_tiers_is_refused()
    {
        var builder = new ServiceCollection().AddHybridAuthStore().UseSqlite($"{_folder}/a.db");

        Assert.Throws<InvalidOperationException>(() => builder.UseSqlite($"{_folder}/b.db"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Set(HybridAuthStoreOptions options, string file)
    {
        options.Encryption.MasterKey = _key;
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        options.Cold = $"sqlite:{_folder}/{file}";
    }

    private static IHost HostWith(Action<HybridAuthStoreOptions> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddHybridAuthStore(configure);
        return builder.Build();
    }

    private sealed class OwnHotTierFactory : IHotTierFactory
    {
        public List<string> Made { get; } = [];

        public string Scheme => "own";

        public IHotTier Create(HotTierUri uri, IServiceProvider services)
        {
            Made.Add(uri.Rest);
            return new InMemoryHotTier(1024 * 1024);
        }
    }
}
