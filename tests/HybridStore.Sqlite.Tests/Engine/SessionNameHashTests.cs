using HybridStore.Sqlite.Engine;

namespace HybridStore.Sqlite.Tests.Engine;

public sealed class SessionNameHashTests
{
    [Fact]
    public void Compute_KnownName_IsFrozen()
    {
        // In every database for ever: a change here would forget who was deleted.
        Assert.Equal("6663b970e738fb2fe67e0f5676ce6a36d72048151d9fcb6161912c9d6ef9632c", Hash("clinic", "reception"));
    }

    [Fact]
    public void Compute_NamesThatJoinAlike_Differ()
    {
        string[] hashes = [Hash("ab", "c"), Hash("a", "bc"), Hash("abc", "d"), Hash(new string('x', 1024), new string('é', 512))];
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    private static string Hash(string tenant, string session)
    {
        var hash = new byte[SessionNameHash.Size];
        SessionNameHash.Compute(new AuthSessionId(tenant, session), hash);
        return Convert.ToHexStringLower(hash);
    }
}
