using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HybridStore.Audit;

/// <summary>One line of a trail: <c>{"n":7,…,"prev":"…","hash":"…"}</c>. The hash is of all that is before <c>,"hash"</c>, byte by byte, so that no other writing of the same line has it.</summary>
internal sealed record AuditLine
{
    public const int HashDigits = 2 * SHA256.HashSizeInBytes;

    /// <summary>The kind of a line that closes one which was cut short, as by a crash.</summary>
    public const string TornKind = "tornLine";

    private const string HashBegins = ",\"hash\":\"";
    private const string HashEnds = "\"}";

    private static readonly int SuffixBytes = HashBegins.Length + HashDigits + HashEnds.Length;

    /// <summary>What the first line of the first file continues.</summary>
    public static string NoHash { get; } = new('0', HashDigits);

    [JsonPropertyName("n")]
    public required long Number { get; init; }

    public required DateTime At { get; init; }

    public required string Kind { get; init; }

    public string? Outcome { get; init; }

    public required string Actor { get; init; }

    public required int Process { get; init; }

    public Guid? Action { get; init; }

    public string? Tenant { get; init; }

    public string? Session { get; init; }

    public long? Incarnation { get; init; }

    public long? Version { get; init; }

    public string? Key { get; init; }

    public long? Sessions { get; init; }

    public long? Records { get; init; }

    public long? DataKeys { get; init; }

    public string? Detail { get; init; }

    /// <summary>The SHA-256 of the bytes that were cut short, of the line before.</summary>
    public string? Torn { get; init; }

    /// <summary>How the hashes are made: <see cref="AuditChain.Name"/>.</summary>
    public required string Chain { get; init; }

    [JsonPropertyName("prev")]
    public required string Previous { get; init; }

    public string? Hash { get; init; }

    public static AuditLine Of(AuditEvent entry) => new()
    {
        Number = 0,
        At = entry.At.UtcDateTime,
        Kind = Name(entry.Kind),
        Outcome = JsonNamingPolicy.CamelCase.ConvertName(entry.Outcome.ToString()),
        Actor = entry.Actor,
        Process = entry.ProcessId,
        Action = entry.Action,
        Tenant = entry.Tenant,
        Session = entry.Session,
        Incarnation = entry.Incarnation,
        Version = entry.Version,
        Key = entry.Key,
        Sessions = entry.Sessions,
        Records = entry.Records,
        DataKeys = entry.DataKeys,
        Detail = entry.Detail,
        Chain = "",
        Previous = "",
    };

    public static string Name(AuditKind kind) => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    public static bool IsHash(string text) => text.Length == HashDigits && text.All(static c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');

    /// <summary>Writes the line behind another one.</summary>
    /// <param name="chain">How.</param>
    /// <param name="number">Its number.</param>
    /// <param name="previous">The hash of the line before.</param>
    /// <param name="output">Where to, with the line feed.</param>
    /// <returns>Its hash.</returns>
    public string Write(AuditChain chain, long number, string previous, Stream output)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this with { Number = number, Chain = chain.Name, Previous = previous, Hash = null }, AuditJson.Default.AuditLine);
        var hash = chain.Hash(json.AsSpan(0, json.Length - 1));
        output.Write(json, 0, json.Length - 1);
        output.Write(Encoding.ASCII.GetBytes($"{HashBegins}{hash}{HashEnds}\n"));
        return hash;
    }

    /// <summary>Reads a line, whatever its hash is.</summary>
    /// <returns><see langword="null"/>: it is none.</returns>
    public static AuditLine? TryRead(ReadOnlySpan<byte> line)
    {
        try
        {
            var read = JsonSerializer.Deserialize(line, AuditJson.Default.AuditLine);
            return read?.Hash is { } hash && IsHash(hash) && line.Length > SuffixBytes && line[^SuffixBytes..].SequenceEqual(Encoding.ASCII.GetBytes($"{HashBegins}{hash}{HashEnds}")) ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether the line has the hash that it says.</summary>
    public bool Fits(ReadOnlySpan<byte> line, AuditChain chain) => chain.Hash(line[..^SuffixBytes]) == Hash;
}
