using HybridStore.Codec;
using HybridStore.DependencyInjection;

namespace HybridStore.Tests.DependencyInjection;

public class HybridAuthStoreOptionsValidationTests
{
    [Fact]
    public void Faults_Defaults_OnlyTheKeyIsMissing() => Assert.Contains("MasterKey", Assert.Single(Faults(_ => { }, withKey: false)), StringComparison.Ordinal);

    [Fact]
    public void Faults_WithAKey_None() => Assert.Empty(Faults(_ => { }));

    [Fact]
    public void Faults_OutOfRange_EachIsNamed()
    {
        var faults = Faults(o =>
        {
            o.Encryption.Cipher = (EnvelopeCipher)99;
            o.Encryption.CompressionThreshold = -2;
            o.MaxStaleness = TimeSpan.FromMinutes(2);
            o.HotMemoryBytes = 5;
            o.Cold = "bots.db";
        });

        Assert.Collection(
            faults,
            f => Assert.Contains("Encryption.Cipher", f, StringComparison.Ordinal),
            f => Assert.Contains("CompressionThreshold", f, StringComparison.Ordinal),
            f => Assert.Contains("MaxStaleness", f, StringComparison.Ordinal),
            f => Assert.Contains("HotMemoryBytes", f, StringComparison.Ordinal),
            f => Assert.Contains("Cold", f, StringComparison.Ordinal));
    }

    [Fact]
    public void Faults_OfTheOutbox_EachIsNamed()
    {
        var faults = Faults(o =>
        {
            o.Outbox.MaxEntries = 0;
            o.Outbox.MaxBytes = 1000;
            o.Outbox.MaxTries = 0;
            o.Outbox.DrainTimeout = TimeSpan.FromSeconds(-1);
            o.Outbox.ReconcileInterval = TimeSpan.Zero;
            o.Outbox.Durability[""] = Durability.Queued;
            o.Outbox.Durability["session"] = 0;
        });

        Assert.Collection(
            faults,
            f => Assert.Contains("Outbox.MaxEntries", f, StringComparison.Ordinal),
            f => Assert.Contains("Outbox.MaxBytes", f, StringComparison.Ordinal),
            f => Assert.Contains("Outbox.MaxTries", f, StringComparison.Ordinal),
            f => Assert.Contains("Outbox.DrainTimeout", f, StringComparison.Ordinal),
            f => Assert.Contains("Outbox.ReconcileInterval", f, StringComparison.Ordinal),
            f => Assert.Contains("empty type", f, StringComparison.Ordinal),
            f => Assert.Contains("of session is 0", f, StringComparison.Ordinal));
        Assert.Empty(Faults(o => o.Outbox.ReconcileInterval = Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void Faults_OfLeasesAndHandlesOutOfRange_EachIsNamed()
    {
        var faults = Faults(o =>
        {
            o.SessionMemoryBytes = 1024;
            o.TransactionAttempts = 0;
            o.Lease.Mode = (LeaseMode)7;
            o.Lease.Duration = TimeSpan.FromSeconds(2);
            o.Lease.AcquireTimeout = TimeSpan.FromHours(2);
            o.Lease.Holder = "";
            o.Credentials.IdentityFields = null!;
        });

        Assert.Collection(
            faults,
            f => Assert.Contains("SessionMemoryBytes", f, StringComparison.Ordinal),
            f => Assert.Contains("TransactionAttempts", f, StringComparison.Ordinal),
            f => Assert.Contains("Lease.Mode", f, StringComparison.Ordinal),
            f => Assert.Contains("Lease.Duration", f, StringComparison.Ordinal),
            f => Assert.Contains("Lease.AcquireTimeout", f, StringComparison.Ordinal),
            f => Assert.Contains("Lease.Holder", f, StringComparison.Ordinal),
            f => Assert.Contains("IdentityFields", f, StringComparison.Ordinal));
    }

    [Fact]
    public void Faults_AtTheEdges_None() => Assert.Empty(Faults(o =>
    {
        o.SessionMemoryBytes = 1024 * 1024;
        o.TransactionAttempts = 1000;
        o.Lease.Duration = TimeSpan.FromMinutes(10);
        o.Lease.AcquireTimeout = TimeSpan.Zero;
        o.Lease.Holder = new string('h', 200);
        o.Credentials.PairedField = "";
        o.Credentials.IdentityFields = [];
    }));

    [Theory]
    [InlineData("sqlite:a.db", "sqlite", "a.db")]
    [InlineData("SQLite:/var/a:b.db", "sqlite", "/var/a:b.db")]
    [InlineData("mongodb://host/db", "mongodb", "//host/db")]
    [InlineData("mongodb+srv://host/db", "mongodb+srv", "//host/db")]
    public void ColdTierUri_Parses(string text, string scheme, string rest)
    {
        Assert.True(ColdTierUri.TryParse(text, out var uri));
        Assert.Equal((scheme, rest), (uri.Scheme, uri.Rest));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a.db")]
    [InlineData(":a.db")]
    [InlineData("sqlite:")]
    [InlineData("/var/x:y")]
    [InlineData("+srv:x")]
    [InlineData("mongodb+:x")]
    public void ColdTierUri_RefusesWhatIsNone(string? text) => Assert.False(ColdTierUri.TryParse(text, out _));

    [Theory]
    [InlineData("redis:localhost:6379,password=secret", "redis", "localhost:6379,password=secret")]
    [InlineData("REDIS:a", "redis", "a")]
    [InlineData("memory", "memory", "")]
    [InlineData("None", "none", "")]
    public void HotTierUri_Parses(string text, string scheme, string rest)
    {
        Assert.True(HotTierUri.TryParse(text, out var uri));
        Assert.Equal(new HotTierUri(scheme, rest), uri);
        Assert.DoesNotContain("secret", uri.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis")]
    [InlineData("redis:")]
    [InlineData("")]
    [InlineData("localhost:6379:redis", false)]
    public void HotTierUri_WhatIsNone_IsRefused(string text, bool refused = true)
    {
        Assert.Equal(!refused, HotTierUri.TryParse(text, out _));
        var faults = HybridAuthStoreOptionsValidation.Faults(new HybridAuthStoreOptions { Hot = text }).Where(f => f.StartsWith("Hot ", StringComparison.Ordinal));
        Assert.Equal(refused ? 1 : 0, faults.Count());
    }

    [Fact]
    public void ColdTierUri_TextShowsNoPassword()
    {
        Assert.True(ColdTierUri.TryParse("postgresql:Host=db;Password=secret", out var uri));

        Assert.DoesNotContain("secret", uri!.ToString(), StringComparison.Ordinal);
    }

    private static List<string> Faults(Action<HybridAuthStoreOptions> change, bool withKey = true)
    {
        var options = new HybridAuthStoreOptions();
        if (withKey)
            options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        change(options);
        return [.. HybridAuthStoreOptionsValidation.Faults(options)];
    }
}
