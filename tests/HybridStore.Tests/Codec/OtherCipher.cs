using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

/// <summary>A cipher of another package: AES-256-GCM under another number.</summary>
internal sealed class OtherCipher(byte id, bool available) : Cipher
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
