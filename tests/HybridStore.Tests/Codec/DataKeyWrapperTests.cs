using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

public class DataKeyWrapperTests
{
    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void Unwrap_OfACreatedKey_OpensWhatItSealed(EnvelopeCipher cipher)
    {
        CodecSome.Require(cipher);
        using var masterKey = MasterKey.Generate();
        var codec = CodecSome.Codec(cipher);

        var (created, wrapped) = new DataKeyWrapper(masterKey, cipher).Create(CodecSome.Session, 3);
        using var unwrapped = new DataKeyWrapper(masterKey, EnvelopeCipher.Aes256Gcm).Unwrap(CodecSome.Session, 3, wrapped);

        var envelope = codec.Seal(CodecSome.Session, CodecSome.Key, created, [1, 2, 3]);
        Assert.Equal([1, 2, 3], codec.Open(CodecSome.Session, CodecSome.Key, [unwrapped], envelope).ToArray());
        Assert.Equal(wrapped.Id, unwrapped.Id);
        Assert.False(wrapped.Id.IsEmpty);
        created.Dispose();
    }

    [Fact]
    public void Create_Repeatedly_NeverGivesTheSameKeyOrId()
    {
        using var masterKey = MasterKey.Generate();
        var wrapper = new DataKeyWrapper(masterKey, EnvelopeCipher.Aes256Gcm);

        var keys = Enumerable.Range(0, 1000).Select(_ => wrapper.Create(CodecSome.Session, 1)).ToList();

        Assert.Equal(1000, keys.Select(k => k.Key.Id).Distinct().Count());
        Assert.Equal(1000, keys.Select(k => BytesOf(k.Key)).Distinct().Count());
        Assert.Equal(1000, keys.Select(k => Convert.ToHexString(k.Wrapped.Bytes.Span)).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void Unwrap_WithAnyBitChanged_Fails(EnvelopeCipher cipher)
    {
        CodecSome.Require(cipher);
        using var masterKey = MasterKey.Generate();
        var wrapper = new DataKeyWrapper(masterKey, cipher);
        var wrapped = wrapper.Create(CodecSome.Session, 3).Wrapped;

        for (var bit = 0; bit < 8 * wrapped.Bytes.Length; bit++)
        {
            var changed = wrapped.Bytes.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));

            var error = Assert.Throws<MasterKeyException>(() => wrapper.Unwrap(CodecSome.Session, 3, wrapped with { Bytes = changed }));

            Assert.Equal(bit / 8 is >= 4 and < 12 ? MasterKeyFault.Wrong : MasterKeyFault.WrappedKeyDamaged, error.Fault);
            Assert.Equal(CodecSome.Session, error.Session);
        }
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void Unwrap_CutShortOrExtended_IsDamaged(EnvelopeCipher cipher)
    {
        CodecSome.Require(cipher);
        using var masterKey = MasterKey.Generate();
        var wrapper = new DataKeyWrapper(masterKey, cipher);
        var wrapped = wrapper.Create(CodecSome.Session, 3).Wrapped;

        for (var length = 0; length < wrapped.Bytes.Length; length++)
            AssertDamaged(() => wrapper.Unwrap(CodecSome.Session, 3, wrapped with { Bytes = wrapped.Bytes[..length] }));
        AssertDamaged(() => wrapper.Unwrap(CodecSome.Session, 3, wrapped with { Bytes = (byte[])[.. wrapped.Bytes.Span, 0] }));
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void Unwrap_InAnotherPlace_IsDamaged(EnvelopeCipher cipher)
    {
        CodecSome.Require(cipher);
        using var masterKey = MasterKey.Generate();
        var wrapper = new DataKeyWrapper(masterKey, cipher);
        var wrapped = wrapper.Create(new("a", "bc"), 3).Wrapped;

        AssertDamaged(() => wrapper.Unwrap(new("ab", "c"), 3, wrapped));
        AssertDamaged(() => wrapper.Unwrap(new("a", "bd"), 3, wrapped));
        AssertDamaged(() => wrapper.Unwrap(new("b", "bc"), 3, wrapped));
        AssertDamaged(() => wrapper.Unwrap(new("a", "bc"), 4, wrapped));
        AssertDamaged(() => wrapper.Unwrap(new("a", "bc"), 3, wrapped with { Id = new DataKeyId(wrapped.Id.Value ^ 1) }));
        wrapper.Unwrap(new("a", "bc"), 3, wrapped).Dispose();
    }

    [Fact]
    public void Unwrap_UnderAnotherMasterKey_NamesBothAndShowsNeither()
    {
        using var right = MasterKey.Generate();
        using var wrong = MasterKey.Generate();
        var wrapped = new DataKeyWrapper(right, EnvelopeCipher.Aes256Gcm).Create(CodecSome.Session, 1).Wrapped;

        var error = Assert.Throws<MasterKeyException>(
            () => new DataKeyWrapper(wrong, EnvelopeCipher.Aes256Gcm).Unwrap(CodecSome.Session, 1, wrapped));

        Assert.Equal(MasterKeyFault.Wrong, error.Fault);
        Assert.Contains(right.Id, error.Message, StringComparison.Ordinal);
        Assert.Contains(wrong.Id, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(right.ToBase64(), error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(wrong.ToBase64(), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Unwrap_OfWhatIsNotAWrappedKey_SaysWhatItIs()
    {
        using var masterKey = MasterKey.Generate();
        var wrapper = new DataKeyWrapper(masterKey, EnvelopeCipher.Aes256Gcm);
        var good = wrapper.Create(CodecSome.Session, 1).Wrapped;
        var newer = good.Bytes.ToArray();
        newer[2] = 2;
        var otherCipher = good.Bytes.ToArray();
        otherCipher[3] = 77;

        AssertDamaged(() => wrapper.Unwrap(CodecSome.Session, 1, good with { Bytes = default }), "is not a wrapped key");
        AssertDamaged(() => wrapper.Unwrap(CodecSome.Session, 1, good with { Bytes = CodecSome.Noise(72) }), "is not a wrapped key");
        AssertDamaged(() => wrapper.Unwrap(CodecSome.Session, 1, good with { Bytes = newer }), "newer version");
        AssertDamaged(() => wrapper.Unwrap(CodecSome.Session, 1, good with { Bytes = otherCipher }), "cipher 77");
    }

    private static void AssertDamaged(Action unwrap, string how = "")
    {
        var error = Assert.Throws<MasterKeyException>(unwrap);
        Assert.Equal(MasterKeyFault.WrappedKeyDamaged, error.Fault);
        Assert.Contains(how, error.Message, StringComparison.Ordinal);
    }

    private static string BytesOf(DataKey key)
    {
        var bytes = new byte[KeyMaterial.Size];
        key.Material.CopyTo(bytes);
        return Convert.ToHexString(bytes);
    }
}
