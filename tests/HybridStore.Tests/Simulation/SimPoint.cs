using System.Buffers.Binary;
using HybridStore.Coordination;

namespace HybridStore.Tests.Simulation;

/// <summary>A session as it was after one step.</summary>
internal sealed record SimPoint(SeenMark Mark, DateTimeOffset Time, Dictionary<AuthKey, (int Value, long Version)> Records)
{
    public long VersionOf(AuthKey key) => Records.TryGetValue(key, out var record) ? record.Version : 0;

    public bool Agrees(in AuthRecord record) => Records.TryGetValue(record.Key, out var held)
        ? record.Exists && record.Version == held.Version && Number(record.Value) == held.Value
        : !record.Exists;

    public static int Number(ReadOnlyMemory<byte> value) => BinaryPrimitives.ReadInt32LittleEndian(value.Span);

    public static byte[] Bytes(int number)
    {
        var bytes = new byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }
}
