using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using HybridStore.Coordination;

namespace HybridStore.Tests.Simulation;

/// <summary>A session as it was after one step.</summary>
/// <param name="Mark">Where that is.</param>
/// <param name="Time">When a tier took it.</param>
/// <param name="Records">What every record was.</param>
internal sealed record SimPoint(SeenMark Mark, DateTimeOffset Time, Dictionary<AuthKey, (int Value, long Version)> Records)
{
    private const int Size = 12;

    /// <summary>The commit that made it.</summary>
    public CommitId Commit { get; init; }

    /// <summary>The records that it wrote.</summary>
    public IReadOnlySet<AuthKey> Written { get; init; } = new HashSet<AuthKey>();

    public long Epoch { get; init; }

    public bool IsInCold { get; set; }

    /// <summary>Whether hot has it, as far as is known: it took it, and was not made to lose it since.</summary>
    public bool IsInHot { get; set; }

    /// <summary>Whether hot did not have it for a while, and went back to where it had: who looked meanwhile did not find it.</summary>
    public bool WasGone { get; set; }

    /// <summary>Whether somebody gave hot the records as they were then or later.</summary>
    public bool WasGivenToHot { get; set; }

    public bool WasAcknowledged { get; set; }

    /// <summary>A commit that no tier has any more, and of which nobody was told that it is kept.</summary>
    public bool IsNowhere => this is { IsInCold: false, IsInHot: false, WasAcknowledged: false, Commit.IsEmpty: false };

    /// <summary>Another branch took its place.</summary>
    public bool IsLost { get; set; }

    /// <summary>Whoever opens the session is told of that, and nobody could have kept it.</summary>
    public bool MayBeLost { get; set; }

    public long VersionOf(AuthKey key) => Records.TryGetValue(key, out var record) ? record.Version : 0;

    /// <summary>What a record was.</summary>
    public string Tell(AuthKey key) => $"{Mark.Incarnation}:{Mark.Version} {Commit} {(Records.TryGetValue(key, out var held) ? $"{held.Value} at version {held.Version}" : "absent")}{(IsLost ? ", lost" : "")}";

    public bool Agrees(in AuthRecord record) => Records.TryGetValue(record.Key, out var held)
        ? record.Exists && record.Version == held.Version && Number(record.Value) == held.Value
        : !record.Exists;

    /// <summary>Which identity credentials of a number carry; 0: none, they are not paired.</summary>
    public static int IdentityIn(int number) => number % 3;

    public static int Number(ReadOnlyMemory<byte> value) =>
        value.Length == Size ? BinaryPrimitives.ReadInt32LittleEndian(value.Span) : JsonDocument.Parse(value).RootElement.GetProperty("n").GetInt32();

    /// <summary>The value of a record.</summary>
    public static byte[] Bytes(AuthKey key, int number) => key == AuthKey.Creds ? Credentials(number) : Bytes(number);

    private static byte[] Credentials(int number) => Encoding.UTF8.GetBytes(
        IdentityIn(number) is var identity and not 0
            ? string.Create(CultureInfo.InvariantCulture, $$"""{"n":{{number}},"noiseKey":"{{identity}}","me":{"id":"{{identity}}"} }""")
            : string.Create(CultureInfo.InvariantCulture, $$"""{"n":{{number}},"noiseKey":"new"}"""));

    private static byte[] Bytes(int number)
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }
}
