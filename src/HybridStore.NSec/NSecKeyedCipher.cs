using HybridStore.Codec;
using NSec.Cryptography;

namespace HybridStore.NSec;

/// <summary>A key in memory that libsodium guards: it is not swapped out, and cleared when it is disposed of.</summary>
internal sealed class NSecKeyedCipher : KeyedCipher
{
    private readonly AeadAlgorithm _algorithm;
    private readonly Key _key;

    public NSecKeyedCipher(Cipher cipher, AeadAlgorithm algorithm, ReadOnlySpan<byte> key)
        : base(cipher)
    {
        _algorithm = algorithm;
        _key = Key.Import(algorithm, key, KeyBlobFormat.RawSymmetricKey);
    }

    public override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> plaintext, Span<byte> box) =>
        _algorithm.Encrypt(_key, nonce, binding, plaintext, box);

    public override bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> box, Span<byte> plaintext) =>
        _algorithm.Decrypt(_key, nonce, binding, box, plaintext);

    public override void Dispose() => _key.Dispose();
}
