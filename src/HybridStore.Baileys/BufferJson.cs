using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace HybridStore.Baileys;

/// <summary>Baileys' BufferJSON: JSON in which bytes are <c>{"type":"Buffer","data":"&lt;base64&gt;"}</c>. Writes that form only and reads every form that older versions wrote.</summary>
/// <remarks>
/// <para>Older forms, each exactly as shown: <c>{"type":"Buffer","data":[1,2]}</c>, <c>{"buffer":true,"data":…}</c>, <c>value</c> in the place of <c>data</c>, and <c>{"0":1,"1":2}</c>.</para>
/// <para>
/// Only text that is one of these is ever changed. Bytes within bytes are not looked into (a sender key's bytes are JSON with the array form, and must stay it),
/// a map whose keys merely begin with digits stays a map, and numbers that are no bytes stay numbers: the three that Baileys' own reader gets wrong.
/// </para>
/// </remarks>
public static class BufferJson
{
    /// <summary>How deep JSON may be nested: 64. The deepest known record has 8 levels.</summary>
    // Up to 64, copies of a Utf8JsonReader share no state, which the look-ahead below relies on.
    public const int MaxDepth = 64;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Writes bytes as a value.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="bytes">The bytes.</param>
    public static void WriteBuffer(Utf8JsonWriter writer, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "Buffer"u8);
        writer.WriteBase64String("data"u8, bytes);
        writer.WriteEndObject();
    }

    /// <summary>Writes bytes as a property.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="propertyName">The property's name.</param>
    /// <param name="bytes">The bytes.</param>
    public static void WriteBuffer(Utf8JsonWriter writer, ReadOnlySpan<char> propertyName, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WritePropertyName(propertyName);
        WriteBuffer(writer, bytes);
    }

    /// <summary>Makes the value of a record that is bytes and nothing else, such as a sender key.</summary>
    /// <param name="bytes">The bytes.</param>
    public static byte[] Encode(ReadOnlySpan<byte> bytes)
    {
        var head = "{\"type\":\"Buffer\",\"data\":\""u8;
        var tail = "\"}"u8;
        var json = new byte[head.Length + Base64.GetMaxEncodedToUtf8Length(bytes.Length) + tail.Length];
        head.CopyTo(json);
        Base64.EncodeToUtf8(bytes, json.AsSpan(head.Length), out _, out _);
        tail.CopyTo(json.AsSpan(json.Length - tail.Length));
        return json;
    }

    /// <summary>Reads a value that is bytes and nothing else, in any of the forms.</summary>
    /// <param name="json">The value of a record.</param>
    /// <param name="bytes">The bytes.</param>
    /// <returns>Whether it is one of the forms; <see langword="false"/> for any other JSON, and for what is not JSON.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> json, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        try
        {
            var reader = new Utf8JsonReader(WithoutMark(json), ReaderOptions);
            if (!reader.Read() || ReadForm(ref reader, out var base64, out var numbers) == Form.NotBytes || reader.Read())
                return false;
            bytes = numbers ?? DecodeBase64(base64);
            return bytes is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Checks that a value is JSON and brings older forms of bytes into today's; everything else stays as it is, byte for byte, but for a byte order mark.</summary>
    /// <param name="json">The value.</param>
    /// <returns>The same memory, without a byte order mark, if no older form was found.</returns>
    /// <exception cref="BaileysFormatException">It is not UTF-8, not JSON, cut short or too deep.</exception>
    public static ReadOnlyMemory<byte> Normalize(ReadOnlyMemory<byte> json) =>
        TryNormalize(json, out var normal, out _, out var fault)
            ? normal
            : throw new BaileysFormatException(fault.Reason, $"The value {fault.Describe()}") { BytePosition = fault.Position };

    internal static bool TryNormalize(ReadOnlyMemory<byte> json, out ReadOnlyMemory<byte> normal, out bool rewritten, out BufferJsonFault fault)
    {
        var text = json[(json.Length - WithoutMark(json.Span).Length)..];
        normal = text;
        rewritten = false;
        if (!TryScan(text.Span, out var output, out fault))
        {
            fault = fault with { Position = fault.Position + json.Length - text.Length };
            return false;
        }

        if (output is not null)
        {
            normal = output.WrittenMemory;
            rewritten = true;
        }

        return true;
    }

    /// <summary>Checks that a value is JSON as Baileys can read it: no byte order mark either.</summary>
    internal static bool TryValidate(ReadOnlySpan<byte> json, out BufferJsonFault fault)
    {
        if (json.StartsWith(ByteOrderMark))
        {
            fault = new BufferJsonFault(BaileysFormatReason.InvalidJson, 0);
            return false;
        }

        return TryScan(json, out _, out fault);
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> json) => json.StartsWith(ByteOrderMark) ? json[ByteOrderMark.Length..] : json;

    private static byte[]? DecodeBase64(ReadOnlySpan<byte> base64)
    {
        // Some writers escape '+' or '/'.
        if (base64.Contains((byte)'\\'))
        {
            var plain = new byte[base64.Length];
            var reader = new Utf8JsonReader((byte[])[(byte)'"', .. base64, (byte)'"']);
            reader.Read();
            try
            {
                base64 = plain.AsSpan(0, reader.CopyString(plain));
            }
            catch (InvalidOperationException)
            {
                return null; // half of a surrogate pair
            }
        }

        // The padding says how much there is, so that nothing is cut off afterwards, which would be a second copy; only spaces in between leave room.
        var padding = base64.EndsWith("=="u8) ? 2 : base64.EndsWith("="u8) ? 1 : 0;
        var decoded = new byte[Math.Max(0, Base64.GetMaxDecodedFromUtf8Length(base64.Length) - padding)];
        if (Base64.DecodeFromUtf8(base64, decoded, out _, out var written) != OperationStatus.Done)
            return null;
        return written == decoded.Length ? decoded : decoded[..written];
    }

    // Goes over the tokens once. Output is made only when an older form is met, of the text before it and what replaces it:
    // numbers, escapes and spaces elsewhere stay as somebody wrote them.
    private static bool TryScan(ReadOnlySpan<byte> text, out ArrayBufferWriter<byte>? output, out BufferJsonFault fault)
    {
        output = null;
        fault = default;

        // The reader passes over the inside of strings without looking.
        if (!Utf8.IsValid(text))
        {
            fault = new BufferJsonFault(BaileysFormatReason.InvalidUtf8, FindInvalidUtf8(text));
            return false;
        }

        var reader = new Utf8JsonReader(text, ReaderOptions);
        var copied = 0;
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.StartObject)
                    continue;
                var start = (int)reader.TokenStartIndex;
                var ahead = reader;
                var form = ReadForm(ref ahead, out var base64, out var numbers);
                if (form == Form.NotBytes)
                    continue;
                reader = ahead;
                if (form == Form.Today)
                    continue;

                output ??= new ArrayBufferWriter<byte>(text.Length + 64);
                output.Write(text[copied..start]);
                if (numbers is not null)
                {
                    output.Write(Encode(numbers));
                }
                else
                {
                    // The text between the quotes is taken as it is: it says the same bytes to Baileys whatever its padding or alphabet.
                    output.Write("{\"type\":\"Buffer\",\"data\":\""u8);
                    output.Write(base64);
                    output.Write("\"}"u8);
                }

                copied = (int)reader.BytesConsumed;
            }
        }
        catch (JsonException e)
        {
            output = null;
            fault = Explain(text, e);
            return false;
        }

        output?.Write(text[copied..]);
        return true;
    }

    // The exceptions' own messages quote the text, so nothing of them but the position is used.
    private static BufferJsonFault Explain(ReadOnlySpan<byte> text, JsonException e)
    {
        // Allowed one level more, the reader comes further only if depth was what it objected to;
        // told that more may follow, it only objects to what no continuation could mend.
        var position = PositionOf(text, e);
        if (FindFault(text, isFinal: true, MaxDepth + 1) != position)
            return new BufferJsonFault(BaileysFormatReason.TooDeep, position);
        return FindFault(text, isFinal: false, MaxDepth) is null
            ? new BufferJsonFault(BaileysFormatReason.TruncatedJson, text.Length)
            : new BufferJsonFault(BaileysFormatReason.InvalidJson, position);
    }

    private static int? FindFault(ReadOnlySpan<byte> text, bool isFinal, int maxDepth)
    {
        try
        {
            var reader = new Utf8JsonReader(text, isFinal, new JsonReaderState(new JsonReaderOptions { MaxDepth = maxDepth }));
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException e)
        {
            return PositionOf(text, e);
        }
    }

    private static int PositionOf(ReadOnlySpan<byte> text, JsonException e)
    {
        var position = 0;
        for (var line = e.LineNumber ?? 0; line > 0; line--)
            position += text[position..].IndexOf((byte)'\n') + 1;
        return (int)Math.Min(position + (e.BytePositionInLine ?? 0), text.Length);
    }

    private static int FindInvalidUtf8(ReadOnlySpan<byte> text)
    {
        var position = 0;
        while (Rune.DecodeFromUtf8(text[position..], out _, out var length) == OperationStatus.Done)
            position += length;
        return position;
    }

    // Reads an object that is bytes, to its end. Property names are compared as they are written: no writer escapes these.
    private static Form ReadForm(ref Utf8JsonReader reader, out ReadOnlySpan<byte> base64, out byte[]? numbers)
    {
        base64 = default;
        numbers = null;
        if (reader.TokenType != JsonTokenType.StartObject || !reader.Read() || reader.TokenType != JsonTokenType.PropertyName)
            return Form.NotBytes;
        if (reader.ValueSpan.SequenceEqual("0"u8))
            return TryReadIndexed(ref reader, out numbers) ? Form.Older : Form.NotBytes;

        var tagged = false;
        var hasData = false;
        var today = true;
        for (; reader.TokenType == JsonTokenType.PropertyName; reader.Read())
        {
            var name = reader.ValueSpan;
            if (!tagged && name.SequenceEqual("type"u8))
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.String || !reader.ValueSpan.SequenceEqual("Buffer"u8))
                    return Form.NotBytes;
                tagged = true;
            }
            else if (!tagged && name.SequenceEqual("buffer"u8))
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.True)
                    return Form.NotBytes;
                tagged = true;
                today = false;
            }
            else if (!hasData && (name.SequenceEqual("data"u8) || name.SequenceEqual("value"u8)))
            {
                today &= name.SequenceEqual("data"u8);
                hasData = true;
                if (!reader.Read())
                    return Form.NotBytes;
                if (reader.TokenType == JsonTokenType.String)
                {
                    base64 = reader.ValueSpan;
                }
                else if (TryReadArray(ref reader, out numbers))
                {
                    today = false;
                }
                else
                {
                    return Form.NotBytes;
                }
            }
            else
            {
                return Form.NotBytes;
            }
        }

        if (!tagged || !hasData)
            return Form.NotBytes;

        return today ? Form.Today : Form.Older;
    }

    private static bool TryReadArray(ref Utf8JsonReader reader, out byte[]? numbers)
    {
        numbers = null;
        if (reader.TokenType != JsonTokenType.StartArray)
            return false;
        var bytes = new ArrayBufferWriter<byte>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!TryReadByte(ref reader, bytes))
                return false;
        }

        numbers = bytes.WrittenSpan.ToArray();
        return true;
    }

    // {"0":1,"1":2,…}: keys must count up from 0 without a gap. "55…@s.whatsapp.net" also begins with a digit and is no index.
    private static bool TryReadIndexed(ref Utf8JsonReader reader, out byte[]? numbers)
    {
        numbers = null;
        var bytes = new ArrayBufferWriter<byte>();
        Span<byte> index = stackalloc byte[10];
        for (; reader.TokenType == JsonTokenType.PropertyName; reader.Read())
        {
            Utf8Formatter.TryFormat(bytes.WrittenCount, index, out var digits);
            if (!reader.ValueSpan.SequenceEqual(index[..digits]) || !reader.Read() || !TryReadByte(ref reader, bytes))
                return false;
        }

        numbers = bytes.WrittenSpan.ToArray();
        return true;
    }

    // 1.0 and 1e0 are refused with the rest: nobody wrote bytes like that.
    private static bool TryReadByte(ref Utf8JsonReader reader, ArrayBufferWriter<byte> bytes)
    {
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetByte(out var value))
            return false;
        bytes.Write([value]);
        return true;
    }

    private enum Form
    {
        NotBytes,
        Today,
        Older,
    }
}
