namespace HybridStore.Codec;

/// <summary>An algorithm of authenticated encryption, as envelopes and wrapped keys use it. Stateless; the key is in a <see cref="KeyedCipher"/>.</summary>
/// <remarks>Other packages add algorithms by <see cref="EncryptionOptions.AddCipher"/>. What was sealed with one can be read only where it was added.</remarks>
public abstract class Cipher
{
    /// <summary>Its number in envelopes: 64 to 255 for those that are not of this project. It is never used for another algorithm.</summary>
    public abstract EnvelopeCipher Id { get; }

    /// <summary>The size of its nonce in bytes. Nonces are random, so it should be 24 or more; with 12 bytes, a key may seal 2^32 times.</summary>
    public abstract int NonceSize { get; }

    /// <summary>How many bytes a box has more than the plaintext: 16 by default.</summary>
    public virtual int TagSize => 16;

    /// <summary>How many times one key may seal, with nonces that are random.</summary>
    /// <value>2^32 for nonces below 24 bytes; otherwise <see cref="long.MaxValue"/>: nobody gets that far.</value>
    public virtual long SealLimit => NonceSize < 24 ? 1L << 32 : long.MaxValue;

    /// <summary>Where the bound comes from, for logs.</summary>
    public virtual string SealLimitSource => NonceSize < 24
        ? "NIST SP 800-38D, 8.3: two random nonces of 96 bits are then the same with a probability below 2^-32"
        : "random nonces of 192 bits and more: after 2^80 seals, two are the same with a probability below 2^-32";

    /// <summary>Throws if what the algorithm needs is not on this machine.</summary>
    /// <exception cref="StoreUnusableException">It isn't, with what to do.</exception>
    public abstract void EnsureAvailable();

    /// <summary>Takes a key into use.</summary>
    /// <param name="key">32 bytes that no other algorithm uses; they are copied.</param>
    /// <returns>The algorithm with the key, which the caller disposes.</returns>
    public abstract KeyedCipher Key(ReadOnlySpan<byte> key);
}
