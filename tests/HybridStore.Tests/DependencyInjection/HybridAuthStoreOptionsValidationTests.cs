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

    [Theory]
    [InlineData("sqlite:a.db", "sqlite", "a.db")]
    [InlineData("SQLite:/var/a:b.db", "sqlite", "/var/a:b.db")]
    [InlineData("mongodb://host/db", "mongodb", "//host/db")]
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
    public void ColdTierUri_RefusesWhatIsNone(string? text) => Assert.False(ColdTierUri.TryParse(text, out _));

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
