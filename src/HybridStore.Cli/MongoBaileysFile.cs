using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using HybridStore.Baileys;

namespace HybridStore.Cli;

/// <summary>
/// Reads the collection of the package mongo-baileys, from the file that <c>mongoexport</c> makes of it: one document for each record, whose <c>_id</c> is type, a dash and id, and
/// whose fields are the value's; the credentials are the field <c>creds</c> of <c>auth_creds</c>.
/// </summary>
/// <remarks>
/// What is no object the package can't write, so that sessions and sender keys are never there whole. What may be there of them is left out, and with it who has got which sender
/// key: that and no key would leave groups without messages. A bot on that package starts so each time.
/// </remarks>
internal sealed class MongoBaileysFile(string path) : IForeignSource
{
    private const string CredsDocument = "auth_creds";
    private const string Id = "_id";

    private static readonly string[] LeftOutTypes = [AuthKeyTypes.Session, AuthKeyTypes.SenderKey, AuthKeyTypes.SenderKeyMemory, AuthKeyTypes.DeviceList];
    private static readonly JsonReaderOptions Options = new() { MaxDepth = BufferJson.MaxDepth, AllowMultipleValues = true };

    // As JSON.stringify escapes, so that the value is what Baileys would have written to a file.
    private static readonly JsonWriterOptions AsJavaScript = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<string> _leftOut = [];

    public BaileysNaming Naming => BaileysNaming.TypeAndId;

    public IReadOnlyList<string> LeftOut => _leftOut;

    public async IAsyncEnumerable<BaileysEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _leftOut.Clear();
        var bytes = await ReadFileAsync(cancellationToken);
        for (var start = SkipSpace(bytes, 0); start < bytes.Length; start = SkipSpace(bytes, start))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var document = Parse(bytes, ref start);

            // With --jsonArray it is one array of all.
            IEnumerable<JsonElement> records = document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement.EnumerateArray() : [document.RootElement];
            foreach (var record in records)
            {
                if (Convert(record) is { } entry)
                    yield return entry;
            }
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadFileAsync(CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
            return bytes.AsMemory(bytes.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BaileysFormatException(BaileysFormatReason.FileUnreadable, $"The file {path} can't be read. Make it with: mongoexport --uri URI --collection NAME --out FILE.", e);
        }
    }

    private static int SkipSpace(ReadOnlyMemory<byte> bytes, int from)
    {
        while (from < bytes.Length && bytes.Span[from] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            from++;
        return from;
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> bytes, ref int start)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes.Span[start..], Options);
            var document = JsonDocument.ParseValue(ref reader);
            start += (int)reader.BytesConsumed;
            return document;
        }
        catch (JsonException)
        {
            // Its text may repeat what is there.
            throw new BaileysFormatException(BaileysFormatReason.InvalidJson, "The file is not what mongoexport writes: JSON documents, one after the other, or an array of them.") { BytePosition = start };
        }
    }

    private BaileysEntry? Convert(JsonElement record)
    {
        if (record.ValueKind != JsonValueKind.Object || !record.TryGetProperty(Id, out var id) || id.ValueKind != JsonValueKind.String || id.GetString() is not { Length: > 0 } name)
            throw new BaileysFormatException(BaileysFormatReason.NotARecordName, "A document has no text as its _id: the collection is not one of mongo-baileys.");
        if (name == CredsDocument)
            return new BaileysEntry(AuthKeyTypes.Creds, Write(name, record.TryGetProperty(AuthKeyTypes.Creds, out var creds) ? creds : record));
        if (LeftOutTypes.Any(type => name.StartsWith(type + "-", StringComparison.Ordinal)))
        {
            _leftOut.Add(name);
            return null;
        }

        return new BaileysEntry(name, Write(name, record));
    }

    private static ReadOnlyMemory<byte> Write(string name, JsonElement value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, AsJavaScript))
            WriteValue(writer, name, value, isDocument: true);
        return stream.ToArray();
    }

    private static void WriteValue(Utf8JsonWriter writer, string name, JsonElement value, bool isDocument = false)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.EnumerateObject().FirstOrDefault() is { Value.ValueKind: not JsonValueKind.Undefined } first && first.Name.StartsWith('$'):
                WriteExtended(writer, name, first);
                break;
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var field in value.EnumerateObject().Where(field => !(isDocument && field.Name == Id) && !IsNothing(field.Value)))
                {
                    writer.WritePropertyName(field.Name);
                    WriteValue(writer, name, field.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    WriteValue(writer, name, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Number when !value.TryGetInt64(out _):
                WriteNumber(writer, value.GetDouble());
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    // JavaScript's undefined, which is null in BSON and nothing in JSON.
    private static bool IsNothing(JsonElement value) =>
        value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("$undefined", out _));

    // Extended JSON, in the forms of today and of before 4.2.
    private static void WriteExtended(Utf8JsonWriter writer, string name, JsonProperty first)
    {
        var text = first.Value.ValueKind == JsonValueKind.String ? first.Value.GetString()
            : first.Value.ValueKind == JsonValueKind.Object && first.Value.TryGetProperty("base64", out var base64) && base64.ValueKind == JsonValueKind.String ? base64.GetString()
            : null;
        switch (first.Name)
        {
            case "$binary" when text is not null && TryDecode(text) is { } bytes:
                BufferJson.WriteBuffer(writer, bytes);
                break;
            case "$numberInt" or "$numberLong" when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole):
                writer.WriteNumberValue(whole);
                break;
            case "$numberDouble" when double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number):
                WriteNumber(writer, number);
                break;
            case "$undefined":
                writer.WriteNullValue();
                break;
            default:
                throw new BaileysFormatException(BaileysFormatReason.InvalidJson, $"The document '{name}' has a value of a kind that Baileys does not have ({first.Name}).") { FileName = name };
        }
    }

    private static byte[]? TryDecode(string base64)
    {
        var bytes = new byte[base64.Length];
        return System.Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
    }

    private static void WriteNumber(Utf8JsonWriter writer, double number)
    {
        if (number == Math.Truncate(number) && Math.Abs(number) < 1L << 53)
            writer.WriteNumberValue((long)number);
        else
            writer.WriteNumberValue(number);
    }
}
