using System.Buffers.Binary;
using System.Text;
using StackExchange.Redis;

namespace HybridStore.Redis.Hot;

/// <summary>The names of the hash's fields: the first byte says what a field is, so that no record's name meets another kind's.</summary>
/// <remarks><c>m</c> control, <c>k</c> data keys, <c>s</c> + number a slot of the ring of commit ids, <c>c</c> + id a commit id, <c>r</c> a record.</remarks>
internal static class FieldName
{
    private const byte RecordMark = (byte)'r';
    private const int Head = 3;

    public static readonly RedisValue Control = "m"u8.ToArray();
    public static readonly RedisValue DataKeys = "k"u8.ToArray();

    /// <summary>Mark, length of the type, type, id: the length keeps ("a", "bc") and ("ab", "c") apart.</summary>
    public static byte[] Of(AuthKey key)
    {
        var type = Encoding.UTF8.GetByteCount(key.Type);
        var name = new byte[Head + type + Encoding.UTF8.GetByteCount(key.Id)];
        name[0] = RecordMark;
        BinaryPrimitives.WriteUInt16BigEndian(name.AsSpan(1), (ushort)type);
        Encoding.UTF8.GetBytes(key.Type, name.AsSpan(Head));
        Encoding.UTF8.GetBytes(key.Id, name.AsSpan(Head + type));
        return name;
    }

    /// <summary>The record of a field, or <see langword="null"/> if it is none's.</summary>
    public static AuthKey? Parse(ReadOnlySpan<byte> name)
    {
        if (name.Length <= Head || name[0] != RecordMark)
            return null;
        var type = BinaryPrimitives.ReadUInt16BigEndian(name[1..]);
        return type > 0 && Head + type < name.Length
            ? new AuthKey(Encoding.UTF8.GetString(name.Slice(Head, type)), Encoding.UTF8.GetString(name[(Head + type)..]))
            : null;
    }
}
