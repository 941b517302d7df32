using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using HybridStore.Baileys;

namespace WhatsAppBot;

/// <summary>Values as Baileys writes them, so that an export of the session is a folder that Baileys reads.</summary>
internal static class Wire
{
    // JavaScript escapes no '+'. The default encoder would, at 6 bytes for one.
    private static readonly JsonWriterOptions AsJavaScript = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonObject ToObject(ReadOnlyMemory<byte> json) => JsonNode.Parse(json.Span)!.AsObject();

    public static byte[] ToBytes(JsonNode json)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, AsJavaScript))
            json.WriteTo(writer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A record that is bytes and nothing else.</summary>
    public static byte[] Bytes(ReadOnlySpan<byte> bytes) => BufferJson.Encode(bytes);

    /// <summary>Bytes within a record.</summary>
    public static JsonObject Buffer(ReadOnlySpan<byte> bytes) => new() { ["type"] = "Buffer", ["data"] = Convert.ToBase64String(bytes) };

    /// <summary>A pre-key.</summary>
    public static byte[] KeyPair(StepRandom keys) =>
        ToBytes(new JsonObject { ["private"] = Buffer(keys.NextKey()), ["public"] = Buffer(keys.NextKey()) });
}
