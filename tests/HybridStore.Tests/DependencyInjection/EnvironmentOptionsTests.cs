using HybridStore.Codec;
using HybridStore.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HybridStore.Tests.DependencyInjection;

public class EnvironmentOptionsTests
{
    [Fact]
    public void Configure_ReadsEveryVariable()
    {
        var options = Configure(new()
        {
            [EnvironmentOptions.MasterKey] = "key",
            [EnvironmentOptions.Cold] = "sqlite:/var/lib/bots.db",
            [EnvironmentOptions.Cipher] = "aes256gcm",
            [EnvironmentOptions.CompressionThreshold] = "-1",
            [EnvironmentOptions.MaxStaleness] = "00:00:00.5",
            [EnvironmentOptions.HotMemoryBytes] = "2097152",
        });

        Assert.Equal("key", options.Encryption.MasterKey);
        Assert.Equal("sqlite:/var/lib/bots.db", options.Cold);
        Assert.Equal(EnvelopeCipher.Aes256Gcm, options.Encryption.Cipher);
        Assert.Equal(-1, options.Encryption.CompressionThreshold);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.MaxStaleness);
        Assert.Equal(2097152, options.HotMemoryBytes);
    }

    [Fact]
    public void Configure_EmptyVariables_AreNotSet()
    {
        var options = Configure(new() { [EnvironmentOptions.Cold] = "", [EnvironmentOptions.MasterKey] = "" });

        Assert.Null(options.Encryption.MasterKey);
        Assert.Equal(new HybridAuthStoreOptions().Cold, options.Cold);
    }

    [Fact]
    public void Configure_AnotherStoresOptions_AreLeftAlone()
    {
        var options = new HybridAuthStoreOptions();
        new EnvironmentOptions("mine", _ => "sqlite:other.db").Configure("yours", options);

        Assert.Equal(new HybridAuthStoreOptions().Cold, options.Cold);
    }

    [Theory]
    [InlineData(EnvironmentOptions.Cipher, "rot13")]
    [InlineData(EnvironmentOptions.Cipher, "7")]
    [InlineData(EnvironmentOptions.CompressionThreshold, "many")]
    [InlineData(EnvironmentOptions.MaxStaleness, "soon")]
    [InlineData(EnvironmentOptions.HotMemoryBytes, "-5")]
    public void Configure_AMalformedVariable_IsNamed(string variable, string value)
    {
        var e = Assert.Throws<OptionsValidationException>(() => Configure(new() { [variable] = value }));

        Assert.Contains(variable, e.Message, StringComparison.Ordinal);
    }

    private static HybridAuthStoreOptions Configure(Dictionary<string, string> environment)
    {
        var options = new HybridAuthStoreOptions();
        new EnvironmentOptions(Options.DefaultName, name => environment.GetValueOrDefault(name)).Configure(options);
        return options;
    }
}
