namespace HybridStore.PostgreSql.Tests;

public sealed class PostgreSqlColdTierOptionsTests
{
    [Fact]
    public void Validate_Defaults_AreSound() => Assert.Empty(new PostgreSqlColdTierOptions().Validate());

    [Theory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("pg_own")]
    [InlineData("a-b")]
    [InlineData("a\"; DROP SCHEMA public; --")]
    [InlineData("schémà")]
    [InlineData("x23456789012345678901234567890123456789012345678901234567890123z")]
    public void Validate_SchemaThatIsNoPlainName_IsRefused(string schema) =>
        Assert.Contains("Schema", Assert.Single(new PostgreSqlColdTierOptions { Schema = schema }.Validate()), StringComparison.Ordinal);

    [Fact]
    public void Validate_OutOfRange_NamesEach()
    {
        var options = new PostgreSqlColdTierOptions { OperationTimeout = TimeSpan.Zero, MaxConcurrentWrites = 0, MaxWaitingWrites = 100_000 };

        Assert.Equal(3, options.Validate().Count);
        Assert.Throws<ArgumentException>(() => new PostgreSqlColdTier("Host=localhost", options));
    }
}
