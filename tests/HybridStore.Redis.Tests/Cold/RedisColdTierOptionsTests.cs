namespace HybridStore.Redis.Tests.Cold;

public sealed class RedisColdTierOptionsTests
{
    [Fact]
    public void Validate_Defaults_AreValid() => Assert.Empty(new RedisColdTierOptions().Validate());

    [Theory]
    [InlineData("KeyPrefix")]
    [InlineData("OperationTimeout")]
    [InlineData("MaxReconnectDelay")]
    [InlineData("UnsafeServer")]
    public void Validate_OutOfRange_IsNamed(string option)
    {
        var options = new RedisColdTierOptions();
        switch (option)
        {
            case "KeyPrefix":
                options.KeyPrefix = "a{b";
                break;
            case "OperationTimeout":
                options.OperationTimeout = TimeSpan.Zero;
                break;
            case "MaxReconnectDelay":
                options.MaxReconnectDelay = TimeSpan.FromDays(1);
                break;
            default:
                options.UnsafeServer = 0;
                break;
        }

        Assert.StartsWith($"RedisColdTierOptions.{option} ", Assert.Single(options.Validate()), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new RedisColdTier("localhost:6379", options));
    }

    [Fact]
    public void Create_ConnectionStringThatIsNotUnderstood_IsRefusedWithoutShowingIt()
    {
        var refusal = Assert.ThrowsAny<ArgumentException>(() => new RedisColdTier("localhost:6379,password=geheim,nonsense=1"));
        Assert.DoesNotContain("geheim", refusal.ToString(), StringComparison.Ordinal);
    }
}
