using HybridStore.Codec;
using HybridStore.DependencyInjection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HybridStore.Tests.DependencyInjection;

public sealed class TierChoiceTests
{
    [Theory]
    [InlineData(null, null, null, "sqlite:hybridstore.db", "the default")]
    [InlineData("sqlite:a.db", "mongodb://m/bots", "postgres://p/bots", "sqlite:a.db", "HYBRIDSTORE_COLD")]
    [InlineData(null, "mongodb://m/bots", null, "mongodb://m/bots", "MONGODB_URL")]
    [InlineData(null, null, "postgres://p/bots", "postgres://p/bots", "DATABASE_URL")]
    [InlineData("", "", "postgres://p/bots", "postgres://p/bots", "DATABASE_URL")]
    public void Cold_Environment_FirstThatSaysSomethingDecides(string? cold, string? mongoDb, string? database, string uri, string source)
    {
        var environment = Environment(new() { ["HYBRIDSTORE_COLD"] = cold, ["MONGODB_URL"] = mongoDb, ["DATABASE_URL"] = database });

        var choice = TierChoice.Cold(OptionsOf(environment), environment);

        Assert.Equal((uri, source), (choice.Uri, choice.Source));
        Assert.Equal(source == "the default", choice.IsDefault);
    }

    [Fact]
    public void Cold_BothDatabaseVariables_AreRefusedByName()
    {
        var environment = Environment(new() { ["MONGODB_URL"] = "mongodb://u:secret@m/bots", ["DATABASE_URL"] = "postgres://u:secret@p/bots" });

        var e = Assert.Throws<OptionsValidationException>(() => TierChoice.Cold(OptionsOf(environment), environment));

        Assert.Contains("MONGODB_URL", e.Message, StringComparison.Ordinal);
        Assert.Contains("DATABASE_URL", e.Message, StringComparison.Ordinal);
        Assert.Contains("HYBRIDSTORE_COLD", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MONGODB_URL", "postgres://u:secret@p/bots", "'postgres'")]
    [InlineData("MONGODB_URL", "secret", "not a URL")]
    [InlineData("DATABASE_URL", "secret", "not a URL")]
    public void Cold_VariableIsOfAnotherKind_IsRefusedWithoutItsPassword(string variable, string value, string says)
    {
        var environment = Environment(new() { [variable] = value });

        var e = Assert.Throws<OptionsValidationException>(() => TierChoice.Cold(OptionsOf(environment), environment));

        Assert.Contains(variable, e.Message, StringComparison.Ordinal);
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Cold_ChosenInCode_IsNotOverruledByThePlatform()
    {
        var environment = Environment(new() { ["MONGODB_URL"] = "mongodb://m", ["DATABASE_URL"] = "postgres://p" });

        // The same text as the default, but somebody has said it.
        var choice = TierChoice.Cold(new HybridAuthStoreOptions { Cold = "sqlite:hybridstore.db" }, environment);

        Assert.Equal(("sqlite:hybridstore.db", false), (choice.Uri, choice.IsDefault));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cold_Configuration_DecidesOnlyWhereItSaysSomething(bool says)
    {
        var section = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Store:MaxStaleness"] = "00:00:05",
            [says ? "Store:Cold" : "Store:Unused"] = "sqlite:configured.db",
        }).Build().GetSection("Store");
        using var provider = new ServiceCollection().AddHybridAuthStore(section, Key).Services.BuildServiceProvider();

        var choice = TierChoice.Cold(provider.GetRequiredService<IOptions<HybridAuthStoreOptions>>().Value, Environment(new() { ["DATABASE_URL"] = "postgres://p" }));

        Assert.Equal(says ? "sqlite:configured.db" : "postgres://p", choice.Uri);
    }

    [Theory]
    [InlineData(null, null, null, "the default")]
    [InlineData("none", "redis://r", "none", "HYBRIDSTORE_HOT")]
    [InlineData(null, "redis://r:1/2", "redis://r:1/2", "REDIS_URL")]
    [InlineData(null, "rediss://:p@r", "rediss://:p@r", "REDIS_URL")]
    [InlineData(null, "r:6379,ssl=true", "redis:r:6379,ssl=true", "REDIS_URL")]
    public void Hot_Environment_FirstThatSaysSomethingDecides(string? hot, string? redis, string? uri, string source)
    {
        var environment = Environment(new() { ["HYBRIDSTORE_HOT"] = hot, ["REDIS_URL"] = redis });

        var choice = TierChoice.Hot(OptionsOf(environment), environment);

        Assert.Equal((uri, source), (choice.Uri, choice.Source));
    }

    [Fact]
    public void Hot_AnotherKindOfServer_IsRefusedWithoutItsPassword()
    {
        var environment = Environment(new() { ["REDIS_URL"] = "amqp://u:secret@host" });

        var e = Assert.Throws<OptionsValidationException>(() => TierChoice.Hot(OptionsOf(environment), environment));

        Assert.Contains("REDIS_URL", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_AnyChoice_ShowsNothingOfTheRest() =>
        Assert.Equal("postgres (DATABASE_URL)", new TierChoice("postgres://u:secret@host/db", "DATABASE_URL").ToString());

    [Theory]
    [InlineData("Production", null, LogLevel.Warning)]
    [InlineData("Development", null, LogLevel.Information)]
    [InlineData("Production", "memory", LogLevel.Information)]
    public async Task Start_NothingChosen_IsAWarningInProductionOnly(string environment, string? hot, LogLevel level)
    {
        var log = new Lines();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, EnvironmentName = environment });
        builder.Logging.AddProvider(log);
        builder.Services.AddHybridAuthStore(o =>
        {
            Key(o);
            o.Cold = "memory:volatile";
            o.Hot = hot;
        });
        using var host = builder.Build();

        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);

        var line = Assert.Single(log.All, static l => l.Text.Contains(" hot tier", StringComparison.Ordinal));
        Assert.Equal(level, line.Level);
        Assert.Contains("memory", line.Text, StringComparison.Ordinal);
        Assert.Equal(level == LogLevel.Warning, line.Text.Contains("REDIS_URL", StringComparison.Ordinal));
        Assert.Equal(LogLevel.Information, Assert.Single(log.All, static l => l.Text.Contains(" cold tier is memory", StringComparison.Ordinal)).Level);
    }

    // This test project references neither tier.
    [Theory]
    [InlineData("oracle:user/secret@db", "'oracle'", "the package of that tier, or")]
    [InlineData("mongodb://user:secret@host/bots", "'mongodb'", "HybridStore.MongoDb,")]
    [InlineData("mongodb+srv://user:secret@host/bots", "'mongodb+srv'", "HybridStore.MongoDb,")]
    [InlineData("postgres://user:secret@host/bots", "'postgres'", "HybridStore.PostgreSql,")]
    [InlineData("postgresql://user:secret@host/bots", "'postgresql'", "HybridStore.PostgreSql,")]
    public async Task Start_ChosenTierCanNotBeHad_DoesNotStartAndNamesThePackage(string cold, string scheme, string package)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddHybridAuthStore(o =>
        {
            Key(o);
            o.Cold = cold;
        });
        using var host = builder.Build();

        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains($"{scheme} that HybridAuthStoreOptions.Cold names", e.Message, StringComparison.Ordinal);
        Assert.Contains(package, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
    }

    private static Func<string, string?> Environment(Dictionary<string, string?> variables) => variables.GetValueOrDefault;

    private static HybridAuthStoreOptions OptionsOf(Func<string, string?> environment)
    {
        var options = new HybridAuthStoreOptions();
        new EnvironmentOptions(Options.DefaultName, environment).Configure(options);
        return options;
    }

    private static void Key(HybridAuthStoreOptions options)
    {
        using var key = MasterKey.Generate();
        options.Encryption.MasterKey = key.ToBase64();
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
    }

    private sealed class Lines : ILoggerProvider, ILogger
    {
        public List<(LogLevel Level, string Text)> All { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (All)
                All.Add((logLevel, formatter(state, exception)));
        }

        public void Dispose()
        {
        }
    }
}
