using Xunit.Sdk;

namespace HybridStore.Cli.Tests;

/// <summary>What every run's output is searched for is found, if it is there.</summary>
public sealed class ToolSecretsTests
{
    private static readonly string Key = Bench.NewKey();

    private static readonly Dictionary<string, string?> Environment = new()
    {
        ["HYBRIDSTORE_MASTER_KEY"] = Key,
        ["HYBRIDSTORE_COLD"] = "postgresql://bot:let-me%20in-now@db/bots",
        ["HYBRIDSTORE_HOT"] = "redis:localhost:6379,password=open-sesame,ssl=true",
    };

    [Fact]
    public void Output_WithNothingSecret_Passes() => ToolSecrets.AssertNoneIn("verified clinic-7/reception: 175 records, postgresql://db/bots", Environment);

    [Theory]
    [InlineData("let-me in-now")]
    [InlineData("open-sesame")]
    public void Output_WithAPassword_IsConvicted(string password) => Convicts($"hybridstore: could not connect with {password}.");

    [Fact]
    public void Output_WithTheMasterKey_IsConvicted()
    {
        Convicts(Key);
        Convicts(Convert.ToHexStringLower(Convert.FromBase64String(Key)));
    }

    [Fact]
    public void Output_WithAKeyOfTheSample_IsConvicted() =>
        Convicts(File.ReadAllText(Directory.EnumerateFiles(Bench.AuthInfo, "pre-key-*").First()));

    private static void Convicts(string output) => Assert.Throws<NullException>(() => ToolSecrets.AssertNoneIn(output, Environment));
}
