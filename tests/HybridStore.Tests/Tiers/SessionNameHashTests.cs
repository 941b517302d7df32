using System.Text;
using HybridStore.Tiers;

namespace HybridStore.Tests.Tiers;

public sealed class SessionNameHashTests
{
    [Fact]
    public void Compute_KnownName_IsFrozen()
    {
        // In every database for ever: a change here would forget who was deleted.
        Assert.Equal("6663b970e738fb2fe67e0f5676ce6a36d72048151d9fcb6161912c9d6ef9632c", Hash("clinic", "reception"));
    }

    [Fact]
    public void Compute_KnownNameOfAnotherDomain_IsFrozen()
    {
        // The keys of every Redis that is the cold tier are made of this one.
        var hash = new byte[SessionNameHash.Size];
        SessionNameHash.Compute(new AuthSessionId("clinic", "reception"), "HybridStore session 1"u8, hash);

        Assert.Equal("732f8ed5d943436f614a488b5775dcc04bb3af9a6626ed67530156236127107c", Convert.ToHexStringLower(hash));
    }

    [Fact]
    public void Compute_NamesThatJoinAlike_Differ()
    {
        string[] hashes = [Hash("ab", "c"), Hash("a", "bc"), Hash("abc", "d"), Hash(new string('x', 1024), new string('é', 512))];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123-")]
    public void Compute_NoDomain_IsRefused(string domain)
    {
        var session = new AuthSessionId("clinic", "reception");

        Assert.Throws<ArgumentException>(
            nameof(domain), () => SessionNameHash.Compute(session, Encoding.UTF8.GetBytes(domain), new byte[SessionNameHash.Size]));
    }

    [Fact]
    public void Compute_NoSession_IsRefused() =>
        Assert.Throws<InvalidAuthInputException>(() => SessionNameHash.Compute(default, new byte[SessionNameHash.Size]));

    private static string Hash(string tenant, string session)
    {
        var hash = new byte[SessionNameHash.Size];
        SessionNameHash.Compute(new AuthSessionId(tenant, session), hash);
        return Convert.ToHexStringLower(hash);
    }
}
