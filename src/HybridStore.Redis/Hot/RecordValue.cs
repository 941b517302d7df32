using System.Buffers.Binary;
using HybridStore.Tiers;

namespace HybridStore.Redis.Hot;

/// <summary>The value of a record's field, in the hash and in the outbox: eight bytes of version, then the envelope. Version 0: known to be absent.</summary>
internal static class RecordValue
{
    private const int Head = sizeof(long);
    private static readonly byte[] Nothing = new byte[Head];

    public static byte[] Of(long version, ReadOnlyMemory<byte>? envelope)
    {
        if (envelope is not { } bytes || version == 0)
            return Nothing;
        var value = new byte[Head + bytes.Length];
        BinaryPrimitives.WriteInt64BigEndian(value, version);
        bytes.CopyTo(value.AsMemory(Head));
        return value;
    }

    /// <summary>The record, whose envelope is a view of the value; <see langword="null"/> if it is no record's value.</summary>
    public static SealedRecord? Parse(AuthKey key, byte[] value)
    {
        if (value.Length < Head)
            return null;
        var version = BinaryPrimitives.ReadInt64BigEndian(value);
        return version == 0 ? SealedRecord.Absent(key) : new SealedRecord(key, version, value.AsMemory(Head));
    }
}
