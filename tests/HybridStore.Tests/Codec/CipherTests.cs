using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

public class CipherTests
{
    [Theory]
    [InlineData(EnvelopeCipher.Aes256Gcm, 1L << 32)]
    [InlineData(EnvelopeCipher.ChaCha20Poly1305, 1L << 32)]
    [InlineData(EnvelopeCipher.XSalsa20Poly1305, long.MaxValue)]
    public void SealLimit_OfACipher_NamesItsSource(EnvelopeCipher cipher, long limit)
    {
        var found = CipherSet.BuiltIn.Find(cipher)!;

        Assert.Equal(limit, found.SealLimit);
        Assert.Contains(found.NonceSize == 12 ? "SP 800-38D" : "192 bits", found.SealLimitSource, StringComparison.Ordinal);
    }

    // Who adds a cipher and says nothing of its bound gets the one that its nonces allow.
    [Theory]
    [InlineData(12, 4_294_967_296, "SP 800-38D")]
    [InlineData(23, 4_294_967_296, "SP 800-38D")]
    [InlineData(24, long.MaxValue, "192 bits and more")]
    [InlineData(32, long.MaxValue, "192 bits and more")]
    public void SealLimit_OfACipherThatSaysNothingOfIt_FollowsFromItsNonces(int nonceSize, long limit, string source)
    {
        var cipher = new SilentCipher(nonceSize);

        Assert.Equal(limit, cipher.SealLimit);
        Assert.Contains(source, cipher.SealLimitSource, StringComparison.Ordinal);
        Assert.Equal(16, cipher.TagSize);
    }

    private sealed class SilentCipher(int nonceSize) : Cipher
    {
        public override EnvelopeCipher Id => (EnvelopeCipher)200;

        public override int NonceSize => nonceSize;

        public override void EnsureAvailable()
        {
        }

        public override KeyedCipher Key(ReadOnlySpan<byte> key) => throw new NotSupportedException();
    }
}
