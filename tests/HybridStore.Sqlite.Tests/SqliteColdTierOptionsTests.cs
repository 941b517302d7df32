namespace HybridStore.Sqlite.Tests;

public sealed class SqliteColdTierOptionsTests
{
    [Fact]
    public void Validate_Defaults_LackOnlyThePath() => Assert.Contains("Path is empty", Assert.Single(new SqliteColdTierOptions().Validate()), StringComparison.Ordinal);

    [Fact]
    public void Validate_PathGiven_IsFine() => Assert.Empty(new SqliteColdTierOptions { Path = "auth.db" }.Validate());

    [Theory]
    [InlineData(":memory:")]
    [InlineData("file:auth.db?mode=ro")]
    [InlineData("  ")]
    [InlineData("a\0b")]
    public void Validate_NoFilePath_IsNamed(string path) => Assert.Contains("Path", Assert.Single(new SqliteColdTierOptions { Path = path }.Validate()), StringComparison.Ordinal);

    [Fact]
    public void Validate_OutOfRange_NamesEachWithItsRange()
    {
        var options = new SqliteColdTierOptions { Path = "auth.db", BusyTimeout = TimeSpan.FromSeconds(-1), MaxWaitingWrites = 0, MaxIdleReaders = 1000 };

        var faults = options.Validate();

        Assert.Equal(3, faults.Count);
        Assert.Contains("BusyTimeout", faults[0], StringComparison.Ordinal);
        Assert.Contains("between 1 and 65536", faults[1], StringComparison.Ordinal);
        Assert.Contains("between 1 and 256", faults[2], StringComparison.Ordinal);
        Assert.Contains("MaxIdleReaders", Assert.Throws<ArgumentException>(() => new SqliteColdTier(options, TimeProvider.System)).Message, StringComparison.Ordinal);
    }
}
