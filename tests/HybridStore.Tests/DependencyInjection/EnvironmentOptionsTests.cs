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
            [EnvironmentOptions.Hot] = "redis:localhost:6379",
            [EnvironmentOptions.Cipher] = "aes256gcm",
            [EnvironmentOptions.CompressionThreshold] = "-1",
            [EnvironmentOptions.MaxStaleness] = "00:00:00.5",
            [EnvironmentOptions.HotMemoryBytes] = "2097152",
            [EnvironmentOptions.SessionMemoryBytes] = "3145728",
            [EnvironmentOptions.TransactionAttempts] = "7",
            [EnvironmentOptions.Lease] = "optional",
            [EnvironmentOptions.LeaseDuration] = "00:01:00",
            [EnvironmentOptions.LeaseAcquireTimeout] = "00:00:00",
            [EnvironmentOptions.LeaseHolder] = "pod-7",
            [EnvironmentOptions.Outbox] = "false",
            [EnvironmentOptions.OutboxMaxEntries] = "11",
            [EnvironmentOptions.OutboxMaxBytes] = "4194304",
            [EnvironmentOptions.OutboxMaxTries] = "12",
            [EnvironmentOptions.OutboxDrainTimeout] = "00:00:13",
            [EnvironmentOptions.OutboxReconcileInterval] = "00:00:14",
        });

        Assert.Equal("key", options.Encryption.MasterKey);
        Assert.Equal("sqlite:/var/lib/bots.db", options.Cold);
        Assert.Equal("redis:localhost:6379", options.Hot);
        Assert.Equal(EnvelopeCipher.Aes256Gcm, options.Encryption.Cipher);
        Assert.Equal(-1, options.Encryption.CompressionThreshold);
        Assert.Equal(TimeSpan.FromMilliseconds(500), options.MaxStaleness);
        Assert.Equal(2097152, options.HotMemoryBytes);
        Assert.Equal(3145728, options.SessionMemoryBytes);
        Assert.Equal(7, options.TransactionAttempts);
        Assert.Equal(LeaseMode.Optional, options.Lease.Mode);
        Assert.Equal(TimeSpan.FromMinutes(1), options.Lease.Duration);
        Assert.Equal(TimeSpan.Zero, options.Lease.AcquireTimeout);
        Assert.Equal("pod-7", options.Lease.Holder);
        Assert.False(options.Outbox.Enabled);
        Assert.Equal((11, 4194304, 12), (options.Outbox.MaxEntries, options.Outbox.MaxBytes, options.Outbox.MaxTries));
        Assert.Equal((TimeSpan.FromSeconds(13), TimeSpan.FromSeconds(14)), (options.Outbox.DrainTimeout, options.Outbox.ReconcileInterval));
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
    [InlineData(EnvironmentOptions.SessionMemoryBytes, "64 MiB")]
    [InlineData(EnvironmentOptions.TransactionAttempts, "-1")]
    [InlineData(EnvironmentOptions.TransactionAttempts, "99999999999")]
    [InlineData(EnvironmentOptions.Outbox, "sometimes")]
    [InlineData(EnvironmentOptions.OutboxMaxEntries, "few")]
    [InlineData(EnvironmentOptions.OutboxMaxBytes, "-5")]
    [InlineData(EnvironmentOptions.OutboxMaxTries, "ever")]
    [InlineData(EnvironmentOptions.OutboxDrainTimeout, "long")]
    [InlineData(EnvironmentOptions.OutboxReconcileInterval, "never")]
    [InlineData(EnvironmentOptions.Lease, "maybe")]
    [InlineData(EnvironmentOptions.Lease, "9")]
    [InlineData(EnvironmentOptions.LeaseDuration, "long")]
    [InlineData(EnvironmentOptions.LeaseAcquireTimeout, "never")]
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
