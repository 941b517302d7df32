using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace HybridStore.Quarantine;

/// <summary>What a record of the quarantine holds, and how it is written (docs/integrity.md).</summary>
/// <param name="Key">The record that the envelope was of.</param>
/// <param name="Version">The version that wrote it.</param>
/// <param name="Fault">Why it did not open.</param>
/// <param name="At">When it was replaced.</param>
/// <param name="Envelope">The envelope, as it was found.</param>
internal sealed record QuarantineEntry(AuthKey Key, long Version, EnvelopeFault Fault, DateTimeOffset At, ReadOnlyMemory<byte> Envelope)
{
    private const byte Format = 1;
    private const int FixedSize = 1 + 1 + sizeof(long) + sizeof(long) + sizeof(ushort) + sizeof(ushort);

    /// <summary>The same damage has the same name, so that a commit made twice keeps it once.</summary>
    public string Id
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            Span<byte> length = stackalloc byte[sizeof(int)];
            foreach (var name in (string[])[Key.Type, Key.Id])
            {
                var bytes = Encoding.UTF8.GetBytes(name);
                BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
                hash.AppendData(length);
                hash.AppendData(bytes);
            }

            hash.AppendData(Envelope.Span);
            return FormattableString.Invariant($"{Version}-{Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8))}");
        }
    }

    public AuthKey Place => new(AuthQuarantine.Type, Id);

    public byte[] ToBytes()
    {
        var (type, id) = (Encoding.UTF8.GetBytes(Key.Type), Encoding.UTF8.GetBytes(Key.Id));
        var bytes = new byte[FixedSize + type.Length + id.Length + Envelope.Length];
        bytes[0] = Format;
        bytes[1] = (byte)Fault;
        var rest = bytes.AsSpan(2);
        BinaryPrimitives.WriteInt64BigEndian(rest, Version);
        BinaryPrimitives.WriteInt64BigEndian(rest[8..], At.UtcTicks);
        BinaryPrimitives.WriteUInt16BigEndian(rest[16..], (ushort)type.Length);
        BinaryPrimitives.WriteUInt16BigEndian(rest[18..], (ushort)id.Length);
        type.CopyTo(rest[20..]);
        id.CopyTo(rest[(20 + type.Length)..]);
        Envelope.Span.CopyTo(rest[(20 + type.Length + id.Length)..]);
        return bytes;
    }

    /// <summary>Reads what a record of the quarantine holds.</summary>
    /// <returns><see langword="null"/>: it is of a newer library, or something else.</returns>
    public static QuarantineEntry? TryParse(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        if (span.Length < FixedSize || span[0] != Format)
            return null;
        var rest = span[2..];
        var (type, id) = (BinaryPrimitives.ReadUInt16BigEndian(rest[16..]), BinaryPrimitives.ReadUInt16BigEndian(rest[18..]));
        if (span.Length < FixedSize + type + id)
            return null;
        var names = rest[20..];
        return new QuarantineEntry(
            new AuthKey(Encoding.UTF8.GetString(names[..type]), Encoding.UTF8.GetString(names.Slice(type, id))),
            BinaryPrimitives.ReadInt64BigEndian(rest),
            (EnvelopeFault)span[1],
            new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(rest[8..]), TimeSpan.Zero),
            bytes[(FixedSize + type + id)..]);
    }

    public QuarantinedEnvelope Describe(string id) => new(id, Key, Version, Fault, At, Envelope.Length);
}
