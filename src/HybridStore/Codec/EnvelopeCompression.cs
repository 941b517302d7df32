namespace HybridStore.Codec;

/// <summary>How a value is compressed before it is encrypted. The number is in the envelope.</summary>
#pragma warning disable CA1028 // One byte, because it is one byte of the format.
public enum EnvelopeCompression : byte
{
    /// <summary>It is as it was committed.</summary>
    None = 0,

    /// <summary>Brotli (RFC 7932), after the length of the value.</summary>
    Brotli = 1,
}
