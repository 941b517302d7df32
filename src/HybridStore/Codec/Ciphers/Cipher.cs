namespace HybridStore.Codec;

/// <summary>An algorithm of authenticated encryption, as envelopes and wrapped keys use it. Stateless; the key is in a <see cref="KeyedCipher"/>.</summary>
internal abstract class Cipher
{
    /// <summary>Its number in envelopes.</summary>
    public abstract EnvelopeCipher Id { get; }

    /// <summary>The size of its nonce in bytes. Nonces are random.</summary>
    public abstract int NonceSize { get; }

    /// <summary>How many bytes a box has more than the plaintext.</summary>
    public virtual int TagSize => 16;

    /// <summary>Throws if what the algorithm needs is not on this machine.</summary>
    /// <exception cref="StoreUnusableException">It isn't, with what to do.</exception>
    public abstract void EnsureAvailable();

    /// <summary>Takes a key into use.</summary>
    /// <param name="key">32 bytes that no other algorithm uses; they are copied.</param>
    public abstract KeyedCipher Key(ReadOnlySpan<byte> key);
}
