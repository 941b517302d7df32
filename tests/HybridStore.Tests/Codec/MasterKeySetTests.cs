using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

public class MasterKeySetTests
{
    private const ulong Elsewhere = 0x0123_4567_89ab_cdef;

    [Fact]
    public void Knows_OfAKey_IsWhetherItIsHereOrRevoked()
    {
        using var active = MasterKey.Generate();
        using var other = MasterKey.Generate();
        using var revoked = MasterKey.Generate();
        using var strange = MasterKey.Generate();
        var keys = new MasterKeySet(active, [other, revoked], [revoked.Fingerprint, Elsewhere]);

        Assert.True(keys.Knows(active.Fingerprint));
        Assert.True(keys.Knows(other.Fingerprint));
        Assert.True(keys.Knows(revoked.Fingerprint));
        Assert.True(keys.Knows(Elsewhere));
        Assert.False(keys.Knows(strange.Fingerprint));
    }

    [Fact]
    public void Find_OfARevokedKey_GivesItAllTheSame()
    {
        using var active = MasterKey.Generate();
        using var revoked = MasterKey.Generate();
        var keys = new MasterKeySet(active, [revoked], [revoked.Fingerprint, Elsewhere]);

        Assert.Same(revoked, keys.Find(revoked.Fingerprint));
        Assert.True(keys.IsRevoked(revoked.Fingerprint));
        Assert.Same(active, keys.Find(active.Fingerprint));
        Assert.False(keys.IsRevoked(active.Fingerprint));
        Assert.Null(keys.Find(Elsewhere));
        Assert.True(keys.IsRevoked(Elsewhere));
    }

    [Fact]
    public void All_WithAKeyTwice_HasItOnce()
    {
        using var active = MasterKey.Generate();
        using var same = MasterKey.Parse(active.ToBase64());
        using var other = MasterKey.Generate();

        Assert.Equal([active, other], new MasterKeySet(active, [same, other]).All);
        Assert.Equal([active], new MasterKeySet(active).All);
    }
}
