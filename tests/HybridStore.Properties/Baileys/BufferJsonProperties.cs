using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using HybridStore.Baileys;
using HybridStore.Properties.Support;

namespace HybridStore.Properties.Baileys;

public class BufferJsonProperties
{
    private const string Marker = "5eC9eT";

    private static Gen<string> Texts { get; } = Gen.Elements("", "a", "0", "1", "type", "data", "value", "buffer", "Buffer", Marker, "é", "\uD83D\uDE00", "a\"b\\c\n");

    /// <summary>JSON with bytes in forms of any age in it, and the same with all of them in today's form.</summary>
    private static Gen<(string Written, string Today)> Json { get; } = Tree(3);

    [Fact]
    public Task TryDecode_WhatEncodeWrote_GivesTheBytes() => Prove.ForAllAsync(
        Some.Value.Select(b => new Blob(b)),
        blob =>
        {
            var encoded = BufferJson.Encode(blob.Bytes);
            Assert.True(BufferJson.TryDecode(encoded, out var decoded));
            Assert.Equal(blob.Bytes, decoded);

            using var written = new MemoryStream();
            using (var writer = new Utf8JsonWriter(written))
                BufferJson.WriteBuffer(writer, blob.Bytes);
            Assert.True(BufferJson.TryDecode(written.ToArray(), out decoded));
            Assert.Equal(blob.Bytes, decoded);
            Assert.True(encoded.AsSpan().SequenceEqual(BufferJson.Normalize(encoded).Span));
        },
        blob => Smaller.Bytes(blob.Bytes).Select(b => new Blob(b)));

    [Fact]
    public Task TryDecode_EveryOlderForm_GivesTheBytes() => Prove.ForAllAsync(
        from bytes in Some.ArbitraryBytes
        from form in Gen.Choose(0, 6)
        select (Bytes: new Blob(bytes), Form: form),
        x =>
        {
            var written = Form(x.Form, x.Bytes.Bytes);
            if (written == "{}")
                return;
            Assert.True(BufferJson.TryDecode(Encoding.UTF8.GetBytes(written), out var decoded));
            Assert.Equal(x.Bytes.Bytes, decoded);
            Assert.Equal(Encoding.UTF8.GetString(BufferJson.Encode(x.Bytes.Bytes)), Encoding.UTF8.GetString(BufferJson.Normalize(Encoding.UTF8.GetBytes(written)).Span));
        },
        x => Smaller.Bytes(x.Bytes.Bytes).Select(b => (new Blob(b), x.Form)));

    [Fact]
    public Task Normalize_AnyJson_ChangesOlderFormsAndNothingElse() => Prove.ForAllAsync(
        Json,
        json =>
        {
            var once = BufferJson.Normalize(Encoding.UTF8.GetBytes(json.Written));
            Assert.Equal(json.Today, Encoding.UTF8.GetString(once.Span));
            Assert.Equal(json.Today, Encoding.UTF8.GetString(BufferJson.Normalize(once).Span));
            _ = JsonNode.Parse(once.Span);
        },
        runs: 1000);

    [Fact]
    public Task Normalize_BytesOfAnyKind_IsJsonOrRefusedWithoutShowingIt() => Prove.ForAllAsync(
        Gen.OneOf(
            Some.ArbitraryBytes,
            Some.WildText.Select(Encoding.UTF8.GetBytes),
            from json in Json
            from mutations in Some.Mutation.NonEmptyListOf()
            select mutations.Aggregate(Encoding.UTF8.GetBytes(json.Written), (b, m) => m.ApplyTo(b)),
            from depth in Gen.Choose(1, 5000)
            from open in Gen.Elements("[", "{\"a\":", "{\"data\":[", "{\"0\":[")
            select Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(open, depth))),
            Some.ArbitraryBytes.Select(b => (byte[])[.. "{\"type\":\"Buffer\",\"data\":\""u8, .. b, .. "\"}"u8])).Select(b => new Blob(b)),
        blob =>
        {
            ReadOnlyMemory<byte> normal = default;
            var refused = Refused.OrNot(() => normal = BufferJson.Normalize(blob.Bytes));
            _ = BufferJson.TryDecode(blob.Bytes, out _);
            Assert.Equal(IsJson(blob.Bytes), refused is null);
            if (refused is null)
            {
                Assert.True(IsJson(normal.ToArray()));
                return;
            }

            var typed = Assert.IsType<BaileysFormatException>(refused);
            Assert.InRange(typed.BytePosition!.Value, 0, blob.Bytes.Length);
            Assert.DoesNotContain(Marker, typed.ToString(), StringComparison.Ordinal);
        },
        blob => Smaller.Bytes(blob.Bytes).Select(b => new Blob(b)),
        runs: 2000);

    // Another reader's opinion.
    private static bool IsJson(byte[] bytes)
    {
        try
        {
            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes);
            using var document = JsonDocument.Parse(text.StartsWith('\uFEFF') ? text[1..] : text, new JsonDocumentOptions { MaxDepth = BufferJson.MaxDepth });
            return true;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return false;
        }
    }

    private static Gen<(string Written, string Today)> Tree(int depth)
    {
        var leaf = Gen.OneOf(
            Gen.Elements("null", "true", "false", "0", "1.0", "-0.5e3", "123456789012345678901234567890", " 7 ").Select(n => (n, n)),
            Texts.Select(t => JsonSerializer.Serialize(t)).Select(t => (t, t)),
            from bytes in Some.ArbitraryBytes
            from form in Gen.Choose(0, 6)
            let written = Form(form, bytes)
            select (written, written == "{}" ? "{}" : Encoding.UTF8.GetString(BufferJson.Encode(bytes))));
        if (depth == 0)
            return leaf;
        var inner = Tree(depth - 1);
        return Gen.Frequency(
            (2, leaf),
            (1, inner.ListOf().ScaleSize(s => s / 8).Select(items =>
                ($"[{string.Join(" ,", items.Select(i => i.Item1))}]", $"[{string.Join(" ,", items.Select(i => i.Item2))}]"))),
            (2, Gen.Zip(Texts, inner).ListOf().ScaleSize(s => s / 8).Select(items => items.DistinctBy(i => i.Item1).Where(i => i.Item1 is not ("type" or "buffer" or "0")).ToList()).Select(items =>
                ($"{{{string.Join(",\n", items.Select(i => $"{JsonSerializer.Serialize(i.Item1)}: {i.Item2.Item1}"))}}}",
                    $"{{{string.Join(",\n", items.Select(i => $"{JsonSerializer.Serialize(i.Item1)}: {i.Item2.Item2}"))}}}"))));
    }

    private static string Form(int form, byte[] bytes)
    {
        var base64 = Convert.ToBase64String(bytes);
        var numbers = $"[{string.Join(',', bytes)}]";
        return form switch
        {
            0 => $"{{\"type\":\"Buffer\",\"data\":\"{base64}\"}}",
            1 => $"{{\"type\":\"Buffer\",\"data\":{numbers}}}",
            2 => $"{{\"buffer\":true,\"data\":\"{base64}\"}}",
            3 => $"{{\"buffer\":true,\"value\":{numbers}}}",
            4 => $"{{\"type\":\"Buffer\",\"value\":\"{base64}\"}}",
            5 => $"{{\"data\":{numbers},\"type\":\"Buffer\"}}",
            _ => $"{{{string.Join(',', bytes.Select((b, i) => $"\"{i}\":{b}"))}}}",
        };
    }
}
