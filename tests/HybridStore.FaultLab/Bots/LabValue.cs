using System.Buffers.Binary;
using System.Text;

namespace HybridStore.FaultLab.Bots;

/// <summary>Values that say who wrote them, to which record, and that show by themselves whether they are whole.</summary>
internal static class LabValue
{
    private const int Header = 16;

    public static byte[] Make(int session, AuthKey key, CommitName commit)
    {
        var value = new byte[Header + 16 + (commit.Number % 7 * 40)];
        BinaryPrimitives.WriteInt32LittleEndian(value, session);
        BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(4), NumberOf(key));
        BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(8), commit.Writer);
        BinaryPrimitives.WriteInt32LittleEndian(value.AsSpan(12), commit.Number);
        Fill(value.AsSpan(Header), value.AsSpan(0, Header));
        return value;
    }

    public static Seen Read(int session, AuthRecord record)
    {
        var value = record.Value.Span;
        if (value.Length < Header)
            return new Seen(SeenState.Foreign, record.Version, default);
        var commit = new CommitName(BinaryPrimitives.ReadInt32LittleEndian(value[8..]), BinaryPrimitives.ReadInt32LittleEndian(value[12..]));
        return new Seen(value.SequenceEqual(Make(session, record.Key, commit)) ? SeenState.There : SeenState.Foreign, record.Version, commit);
    }

    private static int NumberOf(AuthKey key)
    {
        var hash = 2166136261u;
        foreach (var b in Encoding.UTF8.GetBytes($"{key.Type}/{key.Id}"))
            hash = (hash ^ b) * 16777619;
        return (int)hash;
    }

    private static void Fill(Span<byte> rest, ReadOnlySpan<byte> seed)
    {
        var state = BinaryPrimitives.ReadUInt64LittleEndian(seed) * 31 + BinaryPrimitives.ReadUInt64LittleEndian(seed[8..]);
        for (var i = 0; i < rest.Length; i++)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            rest[i] = (byte)(state >> 56);
        }
    }
}
