using System.Buffers;
using System.Text.Json;

namespace HybridStore.LoadTest.Targets;

/// <summary>The whole state of a session as one JSON document: <c>{"type":{"id":value}}</c>.</summary>
internal sealed class SessionBlob
{
    private readonly Dictionary<string, Dictionary<string, ReadOnlyMemory<byte>>> _types = new(StringComparer.Ordinal);

    public static SessionBlob Empty => new();

    /// <summary>Reads one. Values stay where they are in the document, as text: less work than making objects of them.</summary>
    public static SessionBlob Parse(ReadOnlyMemory<byte> json)
    {
        var blob = new SessionBlob();
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var records = blob._types[reader.GetString()!] = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var id = reader.GetString()!;
                reader.Read();
                var begin = (int)reader.TokenStartIndex;
                reader.Skip();
                records[id] = json[begin..(int)reader.BytesConsumed];
            }
        }

        return blob;
    }

    public ReadOnlyMemory<byte>? Find(AuthKey key) => _types.TryGetValue(key.Type, out var records) && records.TryGetValue(key.Id, out var value) ? (ReadOnlyMemory<byte>?)value : null;

    public void Apply(IEnumerable<RecordWrite> writes)
    {
        foreach (var write in writes)
        {
            if (!_types.TryGetValue(write.Key.Type, out var records))
                records = _types[write.Key.Type] = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
            if (write.Value is { } value)
                records[write.Key.Id] = value;
            else
                records.Remove(write.Key.Id);
        }
    }

    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(64 * 1024);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            foreach (var (type, records) in _types)
            {
                writer.WriteStartObject(type);
                foreach (var (id, value) in records)
                {
                    writer.WritePropertyName(id);
                    writer.WriteRawValue(value.Span, skipInputValidation: true);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
