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

    [Fact]
    public void Unwrap_OfAKeyThatIsNotOne_SaysWhyOnceTheMasterKeyIsTheRightOne()
    {
        using var masterKey = MasterKey.Generate();
        var wrapper = new DataKeyWrapper(masterKey, EnvelopeCipher.Aes256Gcm);
        var good = wrapper.Create(CodecSome.Session, 1).Wrapped;

        AssertDamaged(() => wrapper.Unwrap(CodecSome.Session, 1, good with { Bytes = good.Bytes[..11] }), "is not a wrapped key");
        AssertDamaged(() => wrapper.Unwrap(CodecSome.Session, 1, good with { Bytes = good.Bytes[..12] }), "has the wrong size");
        AssertDamaged(() => wrapper.Unwrap(CodecSome.Session, 1, good with { Bytes = good.Bytes[..^1] }), "has the wrong size");
        AssertDamaged(() => wrapper.Unwrap(CodecSome.Session, 2, good), "another life of this one");
    }

    [Fact]
    public void Unwrap_UnderAKeyThatIsNoneOfSeveral_NamesThemAllAndWhatToDo()
    {
        using var right = MasterKey.Generate();
        using var active = MasterKey.Generate();
        using var other = MasterKey.Generate();
        var wrapped = Wrapper(new MasterKeySet(right)).Create(CodecSome.Session, 1).Wrapped;

        var one = Assert.Throws<MasterKeyException>(() => Wrapper(new MasterKeySet(active)).Unwrap(CodecSome.Session, 1, wrapped));
        var two = Assert.Throws<MasterKeyException>(() => Wrapper(new MasterKeySet(active, [other])).Unwrap(CodecSome.Session, 1, wrapped));

        Assert.Equal((MasterKeyFault.Wrong, MasterKeyFault.Wrong), (one.Fault, two.Fault));
        Assert.Contains($"the master key {right.Id}; the one configured is {active.Id}. Configure the key", one.Message, StringComparison.Ordinal);
        Assert.Contains($"the master key {right.Id}; here are {active.Id}, {other.Id}. Configure the key", two.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Unwrap_UnderARevokedKey_IsRefusedWhetherItIsHereOrNot(bool isHere)
    {
        using var revoked = MasterKey.Generate();
        using var active = MasterKey.Generate();
        var wrapped = Wrapper(new MasterKeySet(revoked)).Create(CodecSome.Session, 1).Wrapped;
        var keys = new MasterKeySet(active, isHere ? [revoked] : [], [revoked.Fingerprint]);

        var error = Assert.Throws<MasterKeyException>(() => Wrapper(keys).Unwrap(CodecSome.Session, 1, wrapped));

        Assert.Equal((MasterKeyFault.Revoked, (AuthSessionId?)CodecSome.Session), (error.Fault, error.Session));
        Assert.Contains($"{revoked.Id}, which was revoked", error.Message, StringComparison.Ordinal);
        Assert.Contains("hybridstore keys rotate", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rewrap_OfAKey_WrapsTheSameKeyUnderTheActiveOne(bool isRevoked)
    {
        using var old = MasterKey.Generate();
        using var active = MasterKey.Generate();
        var (created, wrapped) = Wrapper(new MasterKeySet(old)).Create(CodecSome.Session, 1);

        var again = Wrapper(new MasterKeySet(active, [old], isRevoked ? [old.Fingerprint] : [])).Rewrap(CodecSome.Session, 1, wrapped);

        Assert.Equal(active.Fingerprint, DataKeyWrapper.MasterKeyOf(again));
        using var unwrapped = Wrapper(new MasterKeySet(active)).Unwrap(CodecSome.Session, 1, again);
        Assert.Equal((created.Id, BytesOf(created)), (unwrapped.Id, BytesOf(unwrapped)));
        created.Dispose();
    }

    [Fact]
    public void Rewrap_OfAKeyThatCanNotBeOpened_IsRefused()
    {
        using var old = MasterKey.Generate();
        using var active = MasterKey.Generate();
        var wrapped = Wrapper(new MasterKeySet(old)).Create(CodecSome.Session, 1).Wrapped;

        AssertDamaged(() => Wrapper(new MasterKeySet(active, [old])).Rewrap(CodecSome.Session, 2, wrapped));
        Assert.Equal(
            MasterKeyFault.Wrong,
            Assert.Throws<MasterKeyException>(() => Wrapper(new MasterKeySet(active)).Rewrap(CodecSome.Session, 1, wrapped)).Fault);
        Assert.Equal(
            MasterKeyFault.Wrong,
            Assert.Throws<MasterKeyException>(() => Wrapper(new MasterKeySet(active, revoked: [old.Fingerprint])).Rewrap(CodecSome.Session, 1, wrapped)).Fault);
    }

    [Fact]
    public void MasterKeyOf_AWrappedKey_IsTheOneThatItNames()
    {
        using var masterKey = MasterKey.Generate();
        var wrapped = Wrapper(new MasterKeySet(masterKey)).Create(CodecSome.Session, 1).Wrapped;

        Assert.Equal(masterKey.Fingerprint, DataKeyWrapper.MasterKeyOf(wrapped));
        Assert.Equal(masterKey.Fingerprint, DataKeyWrapper.MasterKeyOf(wrapped with { Bytes = wrapped.Bytes[..12] }));
    }

    [Fact]
    public void MasterKeyOf_WhatIsNoWrappedKeyOfThisFormat_IsNone()
    {
        using var masterKey = MasterKey.Generate();
        var wrapped = Wrapper(new MasterKeySet(masterKey)).Create(CodecSome.Session, 1).Wrapped;
        var foreign = wrapped.Bytes.ToArray();
        foreign[1] = (byte)'S';
        var newer = wrapped.Bytes.ToArray();
        newer[2] = 2;

        foreach (var bytes in new[] { default, wrapped.Bytes[..2], wrapped.Bytes[..11], foreign, newer })
            Assert.Null(DataKeyWrapper.MasterKeyOf(wrapped with { Bytes = bytes }));
    }

    [Fact]
    public void Create_WithACipherOfAnotherPackage_WrapsWithIt()
    {
        using var masterKey = MasterKey.Generate();
        var wrapper = new DataKeyWrapper(masterKey, (EnvelopeCipher)200, new CipherSet(new OtherCipher(200, available: true)));

        var (created, wrapped) = wrapper.Create(CodecSome.Session, 1);
        using var unwrapped = wrapper.Unwrap(CodecSome.Session, 1, wrapped);

        Assert.Equal(200, wrapped.Bytes.Span[3]);
        Assert.Equal(BytesOf(created), BytesOf(unwrapped));
        created.Dispose();
    }

    // Names of this length don't fit into the buffers on the stack.
    [Fact]
    public void WrapAndUnwrap_WithLongNames_AllocateNoMoreThanWithShortOnes()
    {
        using var masterKey = MasterKey.Generate();
        using var key = CodecSome.DataKey();
        var wrapper = Wrapper(new MasterKeySet(masterKey));
        var wrapped = wrapper.Wrap(CodecSome.Session, 1, key);
        var longer = wrapper.Wrap(CodecSome.LongNames, 1, key);

        Assert.Equal(CodecSome.Allocated(() => wrapper.Wrap(CodecSome.Session, 1, key)), CodecSome.Allocated(() => wrapper.Wrap(CodecSome.LongNames, 1, key)));
        Assert.Equal(CodecSome.Allocated(() => Unwrapped(CodecSome.Session, wrapped)), CodecSome.Allocated(() => Unwrapped(CodecSome.LongNames, longer)));

        DataKeyId Unwrapped(AuthSessionId session, WrappedDataKey kept)
        {
            using var unwrapped = wrapper.Unwrap(session, 1, kept);
            return unwrapped.Id;
        }
    }

    private static DataKeyWrapper Wrapper(MasterKeySet keys) => new(() => keys, EnvelopeCipher.Aes256Gcm, CipherSet.BuiltIn, NonceSource.Fill);

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
