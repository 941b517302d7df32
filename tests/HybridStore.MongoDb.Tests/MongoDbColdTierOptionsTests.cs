namespace HybridStore.MongoDb.Tests;

public sealed class MongoDbColdTierOptionsTests
{
    [Fact]
    public void Validate_Defaults_HaveNoFault() => Assert.Empty(new MongoDbColdTierOptions().Validate());

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("a$b")]
    [InlineData("ü")]
    [InlineData(".a")]
    [InlineData("system.a")]
    [InlineData("a\0b")]
    public void Validate_PrefixThatIsNone_IsNamed(string? prefix)
    {
        var fault = Assert.Single(new MongoDbColdTierOptions { CollectionPrefix = prefix! }.Validate());
        Assert.Contains(nameof(MongoDbColdTierOptions.CollectionPrefix), fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(99)]
    [InlineData(600_001)]
    public void Validate_TimeoutOutOfRange_IsNamed(int milliseconds)
    {
        var options = new MongoDbColdTierOptions { OperationTimeout = TimeSpan.FromMilliseconds(milliseconds) };
        Assert.Contains(nameof(MongoDbColdTierOptions.OperationTimeout), Assert.Single(options.Validate()), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new MongoDbColdTier("mongodb://localhost/bots", options));
    }
}
