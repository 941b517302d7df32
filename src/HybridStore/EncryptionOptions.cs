using HybridStore.Codec;

namespace HybridStore;

/// <summary>How values are encrypted before any tier sees them.</summary>
public sealed class EncryptionOptions
{
    /// <summary>The master key, under which the data key of each session is wrapped: 32 bytes in base64 or hex, never a passphrase.</summary>
    /// <value>None by default, which is refused: make one with <c>hybridstore keygen</c>. Environment: <c>HYBRIDSTORE_MASTER_KEY</c>.</value>
    public string? MasterKey { get; set; }

    /// <summary>The cipher that seals new records. Records sealed with another one stay readable.</summary>
    /// <value><see cref="EnvelopeCipher.XSalsa20Poly1305"/> by default, which needs libsodium. Environment: <c>HYBRIDSTORE_CIPHER</c>.</value>
    public EnvelopeCipher Cipher { get; set; } = EnvelopeCipher.XSalsa20Poly1305;

    internal CipherSet Ciphers { get; private set; } = CipherSet.BuiltIn;

    /// <summary>From how many bytes on a value is compressed, where that saves at least an eighth.</summary>
    /// <value>
    /// 4,096 by default: smaller values are the most read and gain the least (a session of 1.2 KB opens three times as fast uncompressed). 0 tries every value; -1 never compresses.
    /// Environment: <c>HYBRIDSTORE_COMPRESSION_THRESHOLD</c>.
    /// </value>
    public int CompressionThreshold { get; set; } = EnvelopeCodecOptions.DefaultCompressionThreshold;

    /// <summary>Adds an algorithm, so that it can be chosen as <see cref="Cipher"/> and what was sealed with it can be read.</summary>
    /// <param name="cipher">The algorithm.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">There is another one of this number.</exception>
    public EncryptionOptions AddCipher(Cipher cipher)
    {
        ArgumentNullException.ThrowIfNull(cipher);
        if (!ReferenceEquals(Ciphers.Find(cipher.Id), cipher))
            Ciphers = Ciphers.With(cipher);
        return this;
    }
}
