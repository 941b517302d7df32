using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace HybridStore.Codec;

/// <summary>XSalsa20-Poly1305, libsodium's secretbox. A box is the tag, then the ciphertext, as <c>crypto_secretbox_easy</c> writes it.</summary>
/// <remarks>It has no associated data: each box has a key of its own, the keyed BLAKE2b-256 of its binding.</remarks>
internal sealed class XSalsa20Poly1305Cipher : Cipher
{
    public override EnvelopeCipher Id => EnvelopeCipher.XSalsa20Poly1305;

    public override int NonceSize => LibSodium.SecretBoxNonceSize;

    public override int TagSize => LibSodium.SecretBoxTagSize;

    public override void EnsureAvailable() => LibSodium.EnsureAvailable();

    public override KeyedCipher Key(ReadOnlySpan<byte> key)
    {
        EnsureAvailable();
        return new Keyed(this, key);
    }

    private sealed class Keyed : KeyedCipher
    {
        private readonly byte[] _key = GC.AllocateArray<byte>(KeyMaterial.Size, pinned: true);

        public Keyed(Cipher cipher, ReadOnlySpan<byte> key)
            : base(cipher) => key.CopyTo(_key);

        [SkipLocalsInit]
        public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> plaintext, Span<byte> box)
        {
            Span<byte> boxKey = stackalloc byte[LibSodium.SecretBoxKeySize];
            LibSodium.KeyedHash(_key, binding, boxKey);
            LibSodium.SecretBox(boxKey, nonce, plaintext, box);
            CryptographicOperations.ZeroMemory(boxKey);
        }

        [SkipLocalsInit]
        public override bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> box, Span<byte> plaintext)
        {
            Span<byte> boxKey = stackalloc byte[LibSodium.SecretBoxKeySize];
            LibSodium.KeyedHash(_key, binding, boxKey);
            var authentic = LibSodium.TryOpenSecretBox(boxKey, nonce, box, plaintext);
            CryptographicOperations.ZeroMemory(boxKey);
            return authentic;
        }

        public override void Dispose() => CryptographicOperations.ZeroMemory(_key);
    }
}
