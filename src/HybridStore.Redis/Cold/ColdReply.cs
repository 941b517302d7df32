using System.Buffers.Binary;
using HybridStore.Codec;
using HybridStore.Tiers;
using StackExchange.Redis;

namespace HybridStore.Redis.Cold;

/// <summary>Reads what the scripts give, and writes what they keep.</summary>
internal static class ColdReply
{
    /// <summary>What a record's value has in front of its envelope.</summary>
    public const int VersionSize = sizeof(long);

    public static RedisResult[] Array(RedisResult result) => ((RedisResult[])result!)!;

    public static long Number(RedisResult result) => (long)result;

    public static byte[] Bytes(RedisResult result) => ((byte[])result!)!;

    /// <summary>The head, or <see langword="null"/> if the session does not exist.</summary>
    public static SessionHead? Head(RedisResult result) => Number(Array(result)[1]) > 0 ? HeadOrHeld(result) : null;

    /// <summary>The head, also of a session that is only held.</summary>
    public static SessionHead HeadOrHeld(RedisResult result)
    {
        var parts = Array(result);
        return new SessionHead
        {
            Incarnation = Number(parts[0]),
            Version = Number(parts[1]),
            Epoch = Number(parts[2]),
            AheadEpoch = Number(parts[3]),
            RolledBackAt = Number(parts[4]),
            CreatedAt = Time(parts[5]),
            UpdatedAt = Time(parts[6]),
        };
    }

    /// <summary>The last life that ended.</summary>
    public static long LastEnded(RedisResult head)
    {
        var parts = Array(head);
        return Number(parts[1]) > 0 ? Number(parts[0]) - 1 : Number(parts[0]);
    }

    public static DateTimeOffset Time(RedisResult milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(Number(milliseconds));

    public static SealedRecord Record(AuthKey key, RedisResult value) => value.IsNull ? SealedRecord.Absent(key) : Record(key, Bytes(value));

    public static SealedRecord Record(AuthKey key, byte[] value) => new(key, BinaryPrimitives.ReadInt64BigEndian(value), value.AsMemory(VersionSize));

    /// <summary>A record's value, of version 1 as an import makes it.</summary>
    public static byte[] FirstValue(ReadOnlySpan<byte> envelope)
    {
        var value = new byte[VersionSize + envelope.Length];
        BinaryPrimitives.WriteInt64BigEndian(value, 1);
        envelope.CopyTo(value.AsSpan(VersionSize));
        return value;
    }

    public static byte[] KeyId(DataKeyId id)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, id.Value);
        return bytes;
    }

    public static byte[] DataKey(WrappedDataKey key) => [.. KeyId(key.Id), .. key.Bytes.Span];

    public static WrappedDataKey DataKey(byte[] bytes) => new(new DataKeyId(BinaryPrimitives.ReadUInt64BigEndian(bytes)), bytes.AsMemory(sizeof(ulong)));

    public static byte[] Id(CommitId id) => id.Value.ToByteArray();

    public static CommitId Id(byte[] bytes) => new(new Guid(bytes));
}
