namespace HybridStore.Codec;

/// <summary>How new envelopes are sealed. Old ones are opened whatever they were sealed with.</summary>
internal sealed record EnvelopeCodecOptions
{
    /// <summary>Above which size compression is tried by default. Smaller auth state is mostly random keys in base64, which hardly shrinks.</summary>
    public const int DefaultCompressionThreshold = 4096;

    /// <summary>The cipher. Default: XSalsa20-Poly1305.</summary>
    public EnvelopeCipher Cipher { get; init; } = EnvelopeCipher.XSalsa20Poly1305;

    /// <summary>From how many bytes a value is compressed where that saves an eighth; -1 or <see cref="int.MaxValue"/>: never. Default: 4,096.</summary>
    public int CompressionThreshold { get; init; } = DefaultCompressionThreshold;

    /// <summary>The ciphers there are. Default: those of the core.</summary>
    public CipherSet Ciphers { get; init; } = CipherSet.BuiltIn;
}
