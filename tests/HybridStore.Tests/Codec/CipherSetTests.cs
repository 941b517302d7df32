using HybridStore.Codec;
using HybridStore.InMemory;

namespace HybridStore.Tests.Codec;

public class CipherSetTests
{
    [Fact]
    public void Constructor_WithTheSameNumberTwice_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new CipherSet(new OtherCipher(200, available: true), new OtherCipher(200, available: true)));

    // Numbers are one byte: the first and the last one are numbers like any other.
    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(254)]
    [InlineData(255)]
    public void Find_OfAnyNumber_GivesTheCipherThatHasIt(byte id)
    {
        var cipher = new OtherCipher(id, available: true);

        Assert.Same(cipher, CipherSet.BuiltIn.With(cipher).Find((EnvelopeCipher)id));
        Assert.Null(CipherSet.BuiltIn.Find((EnvelopeCipher)id));
    }

    [Fact]
    public void ForSealing_WithANumberOfNobody_NamesNoPackageThatWouldNotHelp()
    {
        var error = Assert.Throws<StoreUnusableException>(() => CipherSet.BuiltIn.ForSealing((EnvelopeCipher)99));

        Assert.Contains("cipher 99", error.Message, StringComparison.Ordinal);
        Assert.Contains("add the package that brings it", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("NSec", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ForSealing_WithACipherThatLacksSomething_ThrowsWhatItSays() =>
        Assert.Equal("brew install it", Assert.Throws<StoreUnusableException>(
            () => new CipherSet(new OtherCipher(200, available: false)).ForSealing((EnvelopeCipher)200)).Message);

    [Theory]
    [InlineData(EnvelopeCipher.XChaCha20Poly1305)]
    [InlineData(EnvelopeCipher.Aegis256)]
    public void Store_WithACipherOfNSecThatWasNotAdded_NamesThePackage(EnvelopeCipher cipher)
    {
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        options.Encryption.Cipher = cipher;

        var error = Assert.Throws<StoreUnusableException>(() => new HybridAuthStore(new InMemoryColdTier(), null, options));

        Assert.Equal(StoreUnusableReason.MissingDependency, error.Reason);
        Assert.Contains("HybridStore.NSec", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Store_WithAnAddedCipher_SealsAndWrapsWithIt()
    {
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        options.Encryption.AddCipher(new OtherCipher(200, available: true)).Cipher = (EnvelopeCipher)200;
        var cold = new InMemoryColdTier();
        await using var store = new HybridAuthStore(cold, null, options);

        await store.CommitAsync(CodecSome.Session, new AuthPatch().Set(CodecSome.Key, new byte[] { 1, 2, 3 }), TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 3], (await store.GetAsync(CodecSome.Session, CodecSome.Key, TestContext.Current.CancellationToken)).Value.ToArray());
        var read = await cold.ReadAsync(CodecSome.Session, [CodecSome.Key], true, TestContext.Current.CancellationToken);
        Assert.Equal((200, 200), (read.Records[0].Envelope.Span[3], read.DataKeys[0].Bytes.Span[3]));
    }

    [Fact]
    public void AddCipher_OfANumberThatIsTaken_IsRefused_AndTheSameOneTwiceIsNot()
    {
        var options = new EncryptionOptions();
        var other = new OtherCipher(200, available: true);
        options.AddCipher(other).AddCipher(other);

        Assert.Throws<ArgumentException>(() => options.AddCipher(new OtherCipher(200, available: true)));
        Assert.Throws<ArgumentException>(() => options.AddCipher(new OtherCipher((byte)EnvelopeCipher.Aes256Gcm, available: true)));
    }

    [Fact]
    public void Seal_WithACipherOfAnotherPackage_OpensWhereThatIs()
    {
        var options = new EnvelopeCodecOptions { Cipher = (EnvelopeCipher)200, Ciphers = new CipherSet(new Aes256GcmCipher(), new OtherCipher(200, available: true)) };
        var codec = new EnvelopeCodec(options);
        using var key = CodecSome.DataKey();

        var envelope = codec.Seal(CodecSome.Session, CodecSome.Key, key, [1, 2, 3]);

        Assert.Equal([1, 2, 3], codec.Open(CodecSome.Session, CodecSome.Key, [key], envelope).ToArray());
        Assert.Equal(
            EnvelopeFault.UnknownCipher,
            CodecSome.Codec(EnvelopeCipher.Aes256Gcm).TryOpen(CodecSome.Session, CodecSome.Key, [key], envelope, out _));
    }

    [Fact]
    public void TryOpen_WithACipherThatLacksSomething_DoesNotCallTheEnvelopeBad()
    {
        using var key = CodecSome.DataKey();
        var there = new EnvelopeCodecOptions { Cipher = (EnvelopeCipher)200, Ciphers = new CipherSet(new OtherCipher(200, available: true)) };
        var envelope = new EnvelopeCodec(there).Seal(CodecSome.Session, CodecSome.Key, key, [1, 2, 3]);
        var codec = new EnvelopeCodec(new EnvelopeCodecOptions
        {
            Cipher = EnvelopeCipher.Aes256Gcm,
            Ciphers = new CipherSet(new Aes256GcmCipher(), new OtherCipher(200, available: false)),
        });

        Assert.Throws<StoreUnusableException>(() => codec.TryOpen(CodecSome.Session, CodecSome.Key, [key], envelope, out _));
    }
}
