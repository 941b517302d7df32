using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using HybridStore.Baileys;
using HybridStore.Redis;

namespace HybridStore.Cli;

/// <summary>Reads the state that another program keeps in Redis, in its layout.</summary>
/// <param name="reader">Its Redis.</param>
/// <param name="format">The layout.</param>
/// <param name="key">Which state: the prefix of baileys-redis-auth, or the whole key of Evolution's hash.</param>
/// <param name="creds">The credentials, where they are kept elsewhere.</param>
internal sealed class ForeignSource(RedisForeignReader reader, ForeignFormat format, string key, ReadOnlyMemory<byte>? creds) : IForeignSource
{
    private const string Creds = "creds";

    public BaileysNaming Naming => format == ForeignFormat.Evolution ? BaileysNaming.TypeAndId : BaileysNaming.FileNames;

    public IReadOnlyList<string> LeftOut => [];

    public async IAsyncEnumerable<BaileysEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var entries = await FetchAsync(cancellationToken);

        // Evolution's cache makes JSON of the JSON that its auth state made, all of it or none: its earlier versions did not.
        var isWrapped = format == ForeignFormat.Evolution && entries.Count > 0
            && (entries.FirstOrDefault(static e => e.Key == Creds) is { Key: not null } own ? IsText(own.Value) : entries.All(static e => IsText(e.Value)));
        if (creds is { } given)
            yield return new BaileysEntry(Creds, IsText(given) ? Unwrap(Creds, given) : given);
        foreach (var (name, value) in entries)
            yield return new BaileysEntry(name, isWrapped ? Unwrap(name, value) : value);

        var after = await FetchAsync(cancellationToken);
        if (!entries.Select(static e => e.Key).SequenceEqual(after.Select(static e => e.Key)) || entries.Zip(after).Any(static p => !p.First.Value.Span.SequenceEqual(p.Second.Value.Span)))
            throw new BaileysFormatException(BaileysFormatReason.FileChanged, "The state in Redis changed while it was read: something still writes there. Stop the bot first.");
    }

    private Task<IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>>> FetchAsync(CancellationToken cancellationToken) => format switch
    {
        ForeignFormat.BaileysRedisAuth => reader.ReadHashAsync($"{key}:auth", cancellationToken),

        // Another prefix may begin with this one and a colon, which no name has; and the hash of the other layout is no record.
        ForeignFormat.BaileysRedisAuthKeys => reader.ReadKeysAsync($"{key}:", static name => name != "auth" && !name.Contains(':', StringComparison.Ordinal), cancellationToken),
        _ => reader.ReadHashAsync(key, cancellationToken),
    };

    private static bool IsText(ReadOnlyMemory<byte> json) => json.Span.TrimStart(" \t\r\n"u8) is [(byte)'"', ..];

    private static ReadOnlyMemory<byte> Unwrap(string name, ReadOnlyMemory<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            if (reader.Read() && reader.TokenType == JsonTokenType.String)
                return Encoding.UTF8.GetBytes(reader.GetString()!);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Said below, without any of its content.
        }

        throw new BaileysFormatException(BaileysFormatReason.InvalidJson, $"The entry '{name}' is not JSON within JSON, as the others are.") { FileName = name };
    }
}
