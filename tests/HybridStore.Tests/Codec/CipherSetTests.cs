using HybridStore.Codec;
using HybridStore.InMemory;

namespace HybridStore.Tests.Codec;

public class CipherSetTests
{
    [Fact]
    public void Constructor_WithTheSameNumberTwice_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new CipherSet(new OtherCipher(200, available: true), new OtherCipher(200, available: true)));

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

    [Fact]
    public void MissingLibSodium_NamesEveryWayOut()
    {
        var error = LibSodium.Missing(new DllNotFoundException("libsodium"));

        Assert.Equal(("codec", StoreUnusableReason.MissingDependency), (error.Tier, error.Reason));
        Assert.All(
            ["NuGet package `libsodium`", "apt install libsodium23", "dnf install libsodium", "apk add libsodium", "brew install libsodium", "Aes256Gcm", "ChaCha20Poly1305", "Encryption:Cipher"],
            way => Assert.Contains(way, error.Message, StringComparison.Ordinal));
    }

    private sealed class OtherCipher(byte id, bool available) : Cipher
    {
        private readonly Aes256GcmCipher _aes = new();

        public override EnvelopeCipher Id => (EnvelopeCipher)id;

        public override int NonceSize => _aes.NonceSize;

        public override void EnsureAvailable()
        {
            if (!available)
                throw new StoreUnusableException("codec", StoreUnusableReason.MissingDependency, "brew install it");
        }

        public override KeyedCipher Key(ReadOnlySpan<byte> key)
        {
            EnsureAvailable();
            return new Keyed(this, _aes.Key(key));
        }

        private sealed class Keyed(Cipher cipher, KeyedCipher inner) : KeyedCipher(cipher)
        {
            public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> plaintext, Span<byte> box) =>
                inner.Seal(nonce, binding, plaintext, box);

            public override bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> box, Span<byte> plaintext) =>
                inner.TryOpen(nonce, binding, box, plaintext);

            public override void Dispose() => inner.Dispose();
        }
    }
}
