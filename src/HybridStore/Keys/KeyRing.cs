using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using HybridStore.Codec;

namespace HybridStore.Keys;

/// <summary>The ring as it is written in cold: pure, and never changed; each change is another ring.</summary>
/// <param name="Entries">Its keys, in the order in which they were made.</param>
internal sealed record KeyRing(ImmutableArray<KeyRingEntry> Entries)
{
    /// <summary>The newest format that this version reads, and the one that it writes.</summary>
    public const int Format = 1;

    /// <summary>The most keys of a ring: at 90 days each, more than 60 years.</summary>
    public const int MaxKeys = 256;

    private const int MaxWrappedBytes = 4096;

    public static KeyRing Empty { get; } = new([]);

    public KeyRingEntry? Find(ulong fingerprint) => Entries.FirstOrDefault(e => e.Fingerprint == fingerprint);

    /// <summary>
    /// The key that wraps: the newest whose time has come. Nothing is lost by a clock that went back: where it says that no key's time has come, the first one to come is taken.
    /// An expired key goes on where none followed it.
    /// </summary>
    /// <returns><see langword="null"/>: there is no key that is not revoked.</returns>
    public KeyRingEntry? ActiveAt(DateTimeOffset now)
    {
        KeyRingEntry? active = null, first = null;
        foreach (var entry in Entries)
        {
            if (entry.RevokedAt is not null)
                continue;
            if (first is null || entry.ActivatesAt < first.ActivatesAt)
                first = entry;
            if (entry.ActivatesAt <= now + KeyRingOptions.ClockSkew && (active is null || entry.ActivatesAt >= active.ActivatesAt))
                active = entry;
        }

        return active ?? first;
    }

    public MasterKeyState StateAt(KeyRingEntry entry, DateTimeOffset now) =>
        entry.RevokedAt is not null ? MasterKeyState.Revoked
        : entry == ActiveAt(now) ? MasterKeyState.Active
        : entry.ActivatesAt > now + KeyRingOptions.ClockSkew ? MasterKeyState.Created
        : MasterKeyState.DecryptOnly;

    /// <summary>When a key that was made now would become active; <see langword="null"/>: none is due.</summary>
    public DateTimeOffset? NextActivationAt(DateTimeOffset now, KeyRingOptions options)
    {
        if (ActiveAt(now) is not { } active)
            return now;
        var hasSuccessor = Entries.Any(e => e.RevokedAt is null && e.ActivatesAt > active.ActivatesAt);
        return hasSuccessor || active.ExpiresAt > now + options.ActivationDelay ? null : now + options.ActivationDelay;
    }

    /// <summary>When another key took a key's place, or is to.</summary>
    public DateTimeOffset ReplacedAt(KeyRingEntry entry)
    {
        var place = Entries.IndexOf(entry);
        return Entries.Where((e, i) => e.ActivatesAt > entry.ActivatesAt || (e.ActivatesAt == entry.ActivatesAt && i > place))
            .Select(static e => e.ActivatesAt).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
    }

    public KeyRing With(KeyRingEntry entry) => Entries.Length < MaxKeys
        ? new KeyRing(Entries.Add(entry))
        : throw new MasterKeyException(MasterKeyFault.RingDamaged, $"The key ring has {MaxKeys} keys. Delete some that nothing names any more.");

    public KeyRing Replace(KeyRingEntry entry, KeyRingEntry by) => new(Entries.Replace(entry, by));

    public KeyRing Without(KeyRingEntry entry) => new(Entries.Remove(entry));

    /// <summary>Reads a ring.</summary>
    /// <exception cref="MasterKeyException">It is from a newer version, or damaged.</exception>
    public static KeyRing Parse(ReadOnlyMemory<byte> content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var root = document.RootElement;
            var format = root.GetProperty("format").GetInt32();
            if (format > Format)
            {
                throw new MasterKeyException(
                    MasterKeyFault.RingTooNew,
                    string.Create(CultureInfo.InvariantCulture, $"The key ring in the cold tier has format {format}; this version of the library knows up to {Format}. Use the newer one that wrote it."));
            }

            var keys = root.GetProperty("keys");
            if (format < 1 || keys.GetArrayLength() > MaxKeys)
                throw Damaged(null);
            var entries = keys.EnumerateArray().Select(Read).ToImmutableArray();
            return entries.DistinctBy(static e => e.Fingerprint).Count() == entries.Length ? new KeyRing(entries) : throw Damaged(null);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or OverflowException)
        {
            throw Damaged(e);
        }
    }

    public byte[] Write()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("format", Format);
            json.WriteStartArray("keys");
            foreach (var entry in Entries)
                Write(json, entry);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, KeyRingEntry entry)
    {
        json.WriteStartObject();
        json.WriteString("id", MasterKey.Describe(entry.Fingerprint));
        json.WriteString("createdAt", entry.CreatedAt.UtcDateTime);
        json.WriteString("activatesAt", entry.ActivatesAt.UtcDateTime);
        json.WriteString("expiresAt", entry.ExpiresAt.UtcDateTime);
        if (entry.RevokedAt is { } revoked)
            json.WriteString("revokedAt", revoked.UtcDateTime);
        json.WriteString("provider", entry.Provider);
        json.WriteBase64String("wrapped", entry.Wrapped.Span);
        json.WriteEndObject();
    }

    private static KeyRingEntry Read(JsonElement json)
    {
        var wrapped = json.GetProperty("wrapped").GetBytesFromBase64();
        return wrapped.Length > MaxWrappedBytes
            ? throw Damaged(null)
            : new KeyRingEntry(
                ulong.Parse(json.GetProperty("id").GetString()!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                Time(json, "createdAt"),
                Time(json, "activatesAt"),
                Time(json, "expiresAt"),
                json.GetProperty("provider").GetString()!,
                wrapped)
            {
                RevokedAt = json.TryGetProperty("revokedAt", out _) ? Time(json, "revokedAt") : null,
            };
    }

    private static DateTimeOffset Time(JsonElement json, string name) => new(DateTime.SpecifyKind(json.GetProperty(name).GetDateTime(), DateTimeKind.Utc));

    private static MasterKeyException Damaged(Exception? e) =>
        new(MasterKeyFault.RingDamaged, "The key ring in the cold tier can't be read. Restore it from a backup of the keys: without it, no session opens that was encrypted under its keys.", e);
}
