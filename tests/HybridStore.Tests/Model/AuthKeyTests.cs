using System.Reflection;

namespace HybridStore.Tests.Model;

public sealed class AuthKeyTests
{
    [Fact]
    public void GetHashCode_SameIdInEachOfTheKnownTypes_DiffersByTheType()
    {
        var types = typeof(AuthKeyTypes).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).ToList();

        var hashes = types.Select(type => new AuthKey(type, "5511999990000.0").GetHashCode()).ToHashSet();

        Assert.True(types.Count > 10);
        Assert.Equal(types.Count, hashes.Count);
    }

    [Fact]
    public void GetHashCode_EqualPartsOfOtherStrings_IsTheSame()
    {
        var key = new AuthKey("session", "5511999990000.0");
        var other = new AuthKey(new string("session"), new string("5511999990000.0"));

        Assert.Equal(key, other);
        Assert.Equal(key.GetHashCode(), other.GetHashCode());
    }

    [Theory]
    [InlineData("session", "b")]
    [InlineData("pre-key", "a")]
    public void Equals_AnotherPart_IsAnotherKey(string type, string id)
    {
        Assert.NotEqual(new AuthKey("session", "a"), new AuthKey(type, id));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("session", null)]
    [InlineData(null, "a")]
    [InlineData("", "")]
    public void GetHashCode_PartsThatNobodyHasLookedAt_IsNoError(string? type, string? id)
    {
        var key = AuthKey.Unchecked(type!, id!);

        Assert.Equal(key.GetHashCode(), AuthKey.Unchecked(type!, id!).GetHashCode());
        Assert.NotEqual(new AuthKey("session", "a"), key);
    }
}
