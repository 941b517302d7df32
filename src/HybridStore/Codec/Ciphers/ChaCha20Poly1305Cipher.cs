using System.Security.Cryptography;

namespace HybridStore.Codec;

/// <summary>ChaCha20-Poly1305 (RFC 8439) of the platform. The binding is its associated data; a box is the ciphertext, then the tag.</summary>
internal sealed class ChaCha20Poly1305Cipher : Cipher
{
    private const int Nonce = 12;
    private const int Tag = 16;

    public override EnvelopeCipher Id => EnvelopeCipher.ChaCha20Poly1305;

    public override int NonceSize => Nonce;

    public override int TagSize => Tag;

    public override void EnsureAvailable()
    {
        if (!ChaCha20Poly1305.IsSupported)
        {
            throw new StoreUnusableException(
                "codec", StoreUnusableReason.MissingDependency, "ChaCha20-Poly1305 is not available on this platform. Choose XSalsa20Poly1305 via Encryption:Cipher.");
        }
    }

    public override KeyedCipher Key(ReadOnlySpan<byte> key)
    {
        EnsureAvailable();
        return new Keyed(this, key);
    }

    private sealed class Keyed(Cipher cipher, ReadOnlySpan<byte> key) : PlatformKeyedCipher<ChaCha20Poly1305>(cipher, key)
    {
        protected override ChaCha20Poly1305 Create(ReadOnlySpan<byte> key) => new(key);

        protected override void Encrypt(
            ChaCha20Poly1305 algorithm, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData) =>
            algorithm.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);

        protected override void Decrypt(
            ChaCha20Poly1305 algorithm, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> associatedData) =>
            algorithm.Decrypt(nonce, ciphertext, tag, plaintext, associatedData);
    }
}
