using HybridStore.Redis.Connection;

namespace HybridStore.Redis.Tests;

public class RedisHotTierOptionsTests
{
    [Fact]
    public void Validate_Defaults_HaveNoFault() => Assert.Empty(new RedisHotTierOptions().Validate());

    [Fact]
    public void Validate_Never_IsAnIdleExpiry() => Assert.Empty(new RedisHotTierOptions { IdleExpiry = TimeSpan.Zero }.Validate());

    [Fact]
    public void Validate_OutOfRange_NamesEach()
    {
        var faults = new RedisHotTierOptions
        {
            KeyPrefix = "a{b}",
            OperationTimeout = TimeSpan.Zero,
            IdleExpiry = TimeSpan.FromSeconds(1),
            MaxReconnectDelay = TimeSpan.FromHours(1),
            UnsafeServer = 0,
        }.Validate();

        Assert.Collection(
            faults,
            f => Assert.Contains("KeyPrefix", f, StringComparison.Ordinal),
            f => Assert.Contains("OperationTimeout", f, StringComparison.Ordinal),
            f => Assert.Contains("IdleExpiry", f, StringComparison.Ordinal),
            f => Assert.Contains("MaxReconnectDelay", f, StringComparison.Ordinal),
            f => Assert.Contains("UnsafeServer", f, StringComparison.Ordinal));
    }

    [Fact]
    public void Tier_WithAFault_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new RedisHotTier("localhost", new RedisHotTierOptions { KeyPrefix = "" }));

    [Theory]
    [InlineData("localhost:6379,password=top,secret,what=ever")]
    [InlineData("localhost:6379,connectTimeout=secret")]
    [InlineData("password=secret")]
    public void ConnectionString_NotUnderstood_IsNeverShown(string text)
    {
        var e = Assert.ThrowsAny<ArgumentException>(() => new RedisHotTier(text));

        Assert.DoesNotContain("secret", e.ToString().Replace("ConnectionString_NotUnderstood", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Backoff_GrowsToItsCap_AndNeverGivesUp()
    {
        var backoff = new ReconnectBackoff(TimeSpan.FromSeconds(5));

        Assert.All(
            Enumerable.Range(0, 100),
            attempt => Assert.InRange(backoff.DelayBefore(attempt).TotalSeconds, Math.Min(5, Math.Pow(2, attempt)) / 2, Math.Min(5, Math.Pow(2, attempt))));
        Assert.InRange(backoff.DelayBefore(long.MaxValue).TotalSeconds, 2.5, 5);
        Assert.True(backoff.ShouldRetry(long.MaxValue, 5000));
        Assert.False(backoff.ShouldRetry(0, 400));
        Assert.True(Enumerable.Range(0, 20).Select(_ => backoff.DelayBefore(9)).Distinct().Count() > 1);
    }
}
