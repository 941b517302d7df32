using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

public class LockedDataKeysTests
{
    private static readonly DataKeyId Opened = new(1);
    private static readonly DataKeyId Locked = new(2);
    private static readonly DataKeyId Strange = new(3);

    [Fact]
    public void Has_OfAKey_SaysWhetherItWasTakenOpenOrLocked()
    {
        using var keys = OneOfEach();

        Assert.True(keys.Has(Opened));
        Assert.True(keys.Has(Locked));
        Assert.False(keys.Has(Strange));
        Assert.Equal([Opened], keys.Open.Select(key => key.Id));
    }

    [Fact]
    public void FaultOf_AKey_IsWhyItIsLocked()
    {
        using var keys = OneOfEach();

        Assert.Null(keys.FaultOf(Opened));
        Assert.Equal(EnvelopeFault.RevokedKey, keys.FaultOf(Locked));
        Assert.Null(keys.FaultOf(Strange));
    }

    [Fact]
    public void Knows_OfAnEnvelope_IsWhetherItsKeyWasTaken()
    {
        using var keys = OneOfEach();

        Assert.True(keys.Knows(EnvelopeUnder(Opened)));
        Assert.True(keys.Knows(EnvelopeUnder(Locked)));
        Assert.False(keys.Knows(EnvelopeUnder(Strange)));
    }

    // Reading the keys once more would not help it.
    [Fact]
    public void Knows_OfWhatNamesNoKey_IsTrue()
    {
        using var keys = OneOfEach();

        Assert.True(keys.Knows([]));
        Assert.True(keys.Knows("{\"registered\":true}"u8));
        Assert.True(keys.Knows(EnvelopeUnder(Strange).AsSpan(0, EnvelopeHeader.Size - 1)));
    }

    [Fact]
    public void Refine_OfAnUnknownKey_SaysWhyItIsLocked()
    {
        using var keys = OneOfEach();

        Assert.Equal(EnvelopeFault.RevokedKey, keys.Refine(EnvelopeFault.UnknownKey, EnvelopeUnder(Locked)));
        Assert.Equal(EnvelopeFault.UnknownKey, keys.Refine(EnvelopeFault.UnknownKey, EnvelopeUnder(Strange)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(EnvelopeFault.NotAuthentic)]
    [InlineData(EnvelopeFault.UnknownCipher)]
    public void Refine_OfAnythingElse_LeavesItAsItIs(EnvelopeFault? fault)
    {
        using var keys = OneOfEach();

        Assert.Equal(fault, keys.Refine(fault, EnvelopeUnder(Locked)));
    }

    [Fact]
    public void Dispose_Always_ClearsTheKeysThatItTook()
    {
        var keys = OneOfEach();
        var open = keys.Open[0];

        keys.Dispose();

        Assert.True(open.Material.IsDisposed);
    }

    [Theory]
    [InlineData(MasterKeyFault.Wrong, EnvelopeFault.WrongMasterKey)]
    [InlineData(MasterKeyFault.Revoked, EnvelopeFault.RevokedKey)]
    [InlineData(MasterKeyFault.WrappedKeyDamaged, EnvelopeFault.DataKeyDamaged)]
    public void FaultOf_AMasterKeysFault_IsItsOwn(MasterKeyFault fault, EnvelopeFault expected) => Assert.Equal(expected, LockedDataKeys.FaultOf(fault));

    private static LockedDataKeys OneOfEach()
    {
        var keys = new LockedDataKeys();
        keys.Add(CodecSome.DataKey(Opened.Value));
        keys.Add(Locked, new MasterKeyException(MasterKeyFault.Revoked, "It was revoked."));
        return keys;
    }

    private static byte[] EnvelopeUnder(DataKeyId id)
    {
        using var key = CodecSome.DataKey(id.Value);
        return CodecSome.Codec(EnvelopeCipher.Aes256Gcm).Seal(CodecSome.Session, CodecSome.Key, key, [1, 2, 3]);
    }
}
