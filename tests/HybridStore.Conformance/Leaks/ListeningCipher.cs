using System.Security.Cryptography;
using HybridStore.Codec;

namespace HybridStore.Conformance.Leaks;

/// <summary>
/// AES-256-GCM under a number of its own, which tells a watch every key that it is given and everything that it seals or opens: the values, however they came, and the
/// data keys, which are sealed under the master key.
/// </summary>
/// <param name="detector">Who is told.</param>
public sealed class ListeningCipher(LeakDetector detector) : Cipher
{
    private const int Tag = 16;

    /// <summary>Its number: 200.</summary>
    public const EnvelopeCipher Number = (EnvelopeCipher)200;

    /// <inheritdoc/>
    public override EnvelopeCipher Id => Number;

    /// <inheritdoc/>
    public override int NonceSize => 12;

    /// <inheritdoc/>
    public override int TagSize => Tag;

    /// <inheritdoc/>
    public override void EnsureAvailable()
    {
    }

    /// <inheritdoc/>
    public override KeyedCipher Key(ReadOnlySpan<byte> key)
    {
        detector.Add("a key that was derived", key);
        return new Keyed(this, key, detector);
    }

    private sealed class Keyed(Cipher cipher, ReadOnlySpan<byte> key, LeakDetector detector) : KeyedCipher(cipher)
    {
        private readonly byte[] _key = key.ToArray();

        public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> plaintext, Span<byte> box)
        {
            Learn(plaintext, binding);
            using var algorithm = new AesGcm(_key, Tag);
            algorithm.Encrypt(nonce, plaintext, box[..plaintext.Length], box[plaintext.Length..], binding);
        }

        public override bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> box, Span<byte> plaintext)
        {
            using var algorithm = new AesGcm(_key, Tag);
            try
            {
                algorithm.Decrypt(nonce, box[..plaintext.Length], box[plaintext.Length..], plaintext, binding);
            }
            catch (AuthenticationTagMismatchException)
            {
                return false;
            }

            Learn(plaintext, binding);
            return true;
        }

        public override void Dispose() => CryptographicOperations.ZeroMemory(_key);

        private void Learn(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> binding) =>
            detector.Add(binding.StartsWith("HybridStore/wrap"u8) ? "a data key" : "a value that was sealed", plaintext);
    }
}
