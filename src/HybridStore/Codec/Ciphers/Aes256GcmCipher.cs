using System.Security.Cryptography;

namespace HybridStore.Codec;

/// <summary>AES-256-GCM (NIST SP 800-38D) of the platform. The binding is its associated data; a box is the ciphertext, then the tag.</summary>
internal sealed class Aes256GcmCipher : Cipher
{
    private const int Nonce = 12;
    private const int Tag = 16;

    public override EnvelopeCipher Id => EnvelopeCipher.Aes256Gcm;

    public override int NonceSize => Nonce;

    public override int TagSize => Tag;

    public override void EnsureAvailable()
    {
        if (!AesGcm.IsSupported)
        {
            throw new StoreUnusableException(
                "codec", StoreUnusableReason.MissingDependency, "AES-256-GCM is not available on this platform. Choose XSalsa20Poly1305 via Encryption:Cipher.");
        }
    }

    public override KeyedCipher Key(ReadOnlySpan<byte> key)
    {
        EnsureAvailable();
        return new Keyed(this, key);
    }

    private sealed class Keyed(Cipher cipher, ReadOnlySpan<byte> key) : PlatformKeyedCipher<AesGcm>(cipher, key)
    {
        protected override AesGcm Create(ReadOnlySpan<byte> key) => new(key, Tag);

        protected override void Encrypt(
            AesGcm algorithm, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData) =>
            algorithm.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);

        protected override void Decrypt(
            AesGcm algorithm, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> associatedData) =>
            algorithm.Decrypt(nonce, ciphertext, tag, plaintext, associatedData);
    }
}
