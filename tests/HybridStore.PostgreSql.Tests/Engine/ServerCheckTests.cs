using HybridStore.PostgreSql.Engine;

namespace HybridStore.PostgreSql.Tests.Engine;

public sealed class ServerCheckTests
{
    private static readonly ServerReport Sound = new()
    {
        Version = 140_000, VersionText = "14.0", IsStandby = false, Encoding = "UTF8", IsDurable = true, HasSchema = false, HasVersion = false, IsDirect = true,
    };

    [Fact]
    public void Check_OldestSupported_IsTaken() => ServerCheck.Check(Sound, "db/bots");

    [Fact]
    public void Check_OlderServer_IsRefusedAndSaysWhichIsNeeded()
    {
        var refusal = Assert.Throws<StoreUnusableException>(() => ServerCheck.Check(Sound with { Version = 130_014, VersionText = "13.14" }, "db/bots"));

        Assert.Equal(("PostgreSQL at db/bots is version 13.14; 14 is the oldest that is supported. Upgrade the server.", StoreUnusableReason.MissingDependency), (refusal.Message, refusal.Reason));
    }

    [Fact]
    public void Check_OtherEncoding_IsRefused() =>
        Assert.Equal(StoreUnusableReason.NotOurs, Assert.Throws<StoreUnusableException>(() => ServerCheck.Check(Sound with { Encoding = "LATIN1" }, "db")).Reason);

    [Fact]
    public void Check_Standby_IsUnavailableUntilItIsThePrimary()
    {
        var refusal = Assert.Throws<StoreUnavailableException>(() => ServerCheck.Check(Sound with { IsStandby = true }, "db"));

        Assert.Equal(StoreUnusableReason.ReadOnly, Assert.IsType<StoreUnusableException>(refusal.InnerException).Reason);
    }
}
