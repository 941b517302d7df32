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

    // An AesGcm sets nonce and direction in its one OpenSSL context on every call, so two threads must never share one; and creating one costs
    // several times what sealing a small record does. A session is rarely used by many threads at once: a few are kept.
    private sealed class Keyed : KeyedCipher
    {
        private readonly byte[] _key = GC.AllocateArray<byte>(KeyMaterial.Size, pinned: true);
        private readonly AesGcm?[] _idle = new AesGcm?[4];

        public Keyed(Cipher cipher, ReadOnlySpan<byte> key)
            : base(cipher) => key.CopyTo(_key);

        public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> plaintext, Span<byte> box)
        {
            var aes = Rent();
            try
            {
                aes.Encrypt(nonce, plaintext, box[..plaintext.Length], box[plaintext.Length..], binding);
            }
            finally
            {
                Return(aes);
            }
        }

        public override bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> box, Span<byte> plaintext)
        {
            var aes = Rent();
            try
            {
                aes.Decrypt(nonce, box[..^Tag], box[^Tag..], plaintext, binding);
                return true;
            }
            catch (AuthenticationTagMismatchException)
            {
                return false;
            }
            finally
            {
                Return(aes);
            }
        }

        public override void Dispose()
        {
            for (var i = 0; i < _idle.Length; i++)
                Interlocked.Exchange(ref _idle[i], null)?.Dispose();
            CryptographicOperations.ZeroMemory(_key);
        }

        private AesGcm Rent()
        {
            for (var i = 0; i < _idle.Length; i++)
            {
                if (_idle[i] is not null && Interlocked.Exchange(ref _idle[i], null) is { } aes)
                    return aes;
            }

            return new AesGcm(_key, Tag);
        }

        private void Return(AesGcm aes)
        {
            for (var i = 0; i < _idle.Length; i++)
            {
                if (_idle[i] is null && Interlocked.CompareExchange(ref _idle[i], aes, null) is null)
                    return;
            }

            aes.Dispose();
        }
    }
}
