using System.Buffers.Binary;

namespace HybridStore.Codec;

/// <summary>What an envelope says of itself without a key. It is not authentic until the envelope was opened.</summary>
/// <param name="Format">The version of the format: 1.</param>
/// <param name="Cipher">How the contents are encrypted; possibly a cipher that this process doesn't have.</param>
/// <param name="Compression">How the value was compressed; possibly in a way that this process doesn't have.</param>
/// <param name="DataKeyId">Which of the session's data keys sealed it.</param>
public readonly record struct EnvelopeHeader(int Format, EnvelopeCipher Cipher, EnvelopeCompression Compression, DataKeyId DataKeyId)
{
    /// <summary>The version of the format that this library writes, and the newest that it reads.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The size of a header of format 1 in bytes: 13.</summary>
    public const int Size = 13;

    private static ReadOnlySpan<byte> Magic => "HS"u8;

    /// <summary>Reads the header of an envelope. Any bytes may be asked about.</summary>
    /// <param name="envelope">The envelope, or at least its beginning.</param>
    /// <param name="header">What it says, or <c>default</c>.</param>
    /// <returns>Why it can't be read, or <see langword="null"/> if it was.</returns>
    public static EnvelopeFault? TryRead(ReadOnlySpan<byte> envelope, out EnvelopeHeader header)
    {
        header = default;
        var magic = envelope.Length < Magic.Length ? Magic[..envelope.Length] : Magic;
        if (!envelope.StartsWith(magic))
            return EnvelopeFault.NotAnEnvelope;
        if (envelope.Length <= Magic.Length)
            return EnvelopeFault.Truncated;

        // The version comes before the length: what follows it in a newer format is not ours to judge.
        var format = envelope[2];
        if (format != CurrentFormat)
            return format == 0 ? EnvelopeFault.NotAnEnvelope : EnvelopeFault.UnknownFormat;
        if (envelope.Length < Size)
            return EnvelopeFault.Truncated;

        header = new EnvelopeHeader(
            format,
            (EnvelopeCipher)envelope[3],
            (EnvelopeCompression)envelope[4],
            new DataKeyId(BinaryPrimitives.ReadUInt64BigEndian(envelope[5..])));
        return null;
    }

    internal void Write(Span<byte> envelope)
    {
        Magic.CopyTo(envelope);
        envelope[2] = (byte)Format;
        envelope[3] = (byte)Cipher;
        envelope[4] = (byte)Compression;
        BinaryPrimitives.WriteUInt64BigEndian(envelope[5..], DataKeyId.Value);
    }
}
