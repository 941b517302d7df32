using System.Buffers.Binary;
using HybridStore.Coordination;

namespace HybridStore.Tests.Simulation;

/// <summary>A session as it was after one step.</summary>
/// <param name="Mark">Where that is.</param>
/// <param name="Time">When a tier took it.</param>
/// <param name="Records">What every record was.</param>
internal sealed record SimPoint(SeenMark Mark, DateTimeOffset Time, Dictionary<AuthKey, (int Value, long Version)> Records)
{
    /// <summary>The commit that made it.</summary>
    public CommitId Commit { get; init; }

    /// <summary>The records that it wrote.</summary>
    public IReadOnlySet<AuthKey> Written { get; init; } = new HashSet<AuthKey>();

    public long Epoch { get; init; }

    public bool IsInCold { get; set; }

    /// <summary>Whether hot has it, as far as is known: it took it, and was not made to lose it since.</summary>
    public bool IsInHot { get; set; }

    public bool WasAcknowledged { get; set; }

    /// <summary>Another branch took its place.</summary>
    public bool IsLost { get; set; }

    /// <summary>Whoever opens the session is told of that, and nobody could have kept it.</summary>
    public bool MayBeLost { get; set; }

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
