using System.Buffers.Binary;
using HybridStore.Codec;

namespace HybridStore.Redis.Hot;

/// <summary>The value of the data keys' field: a format byte, then for each key its id, the length of its bytes, and these.</summary>
internal static class DataKeysValue
{
    private const byte Format = 1;
    private const int Head = DataKeyId.Size + sizeof(int);

    public static byte[] Of(IReadOnlyList<WrappedDataKey> keys)
    {
        if (keys.Count == 0)
            return [];
        var value = new byte[1 + keys.Sum(static k => Head + k.Bytes.Length)];
        value[0] = Format;
        var rest = value.AsSpan(1);
        foreach (var key in keys)
        {
            BinaryPrimitives.WriteUInt64BigEndian(rest, key.Id.Value);
            BinaryPrimitives.WriteInt32BigEndian(rest[DataKeyId.Size..], key.Bytes.Length);
            key.Bytes.Span.CopyTo(rest[Head..]);
            rest = rest[(Head + key.Bytes.Length)..];
        }

        return value;
    }

    /// <summary>The keys, newest first as they were given; none where the value is not one of ours: then cold is asked for them.</summary>
    public static IReadOnlyList<WrappedDataKey> Parse(byte[]? value)
    {
        if (value is not [Format, ..])
            return [];
        var keys = new List<WrappedDataKey>();
        var rest = value.AsMemory(1);
        while (rest.Length >= Head)
        {
            var id = BinaryPrimitives.ReadUInt64BigEndian(rest.Span);
            var length = BinaryPrimitives.ReadInt32BigEndian(rest.Span[DataKeyId.Size..]);
            if (length < 0 || length > rest.Length - Head)
                return [];
            keys.Add(new WrappedDataKey(new DataKeyId(id), rest.Slice(Head, length)));
            rest = rest[(Head + length)..];
        }

        return rest.IsEmpty ? keys : [];
    }
}
