using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace HybridStore.Baileys.Tests;

public class BufferJsonTests
{
    [Theory]
    [InlineData("""{"type":"Buffer","data":[1,2,3]}""")]
    [InlineData("""{"data":[1,2,3],"type":"Buffer"}""")]
    [InlineData("""{"type":"Buffer","value":[1,2,3]}""")]
    [InlineData("""{"type":"Buffer","value":"AQID"}""")]
    [InlineData("""{"buffer":true,"data":[1,2,3]}""")]
    [InlineData("""{"buffer":true,"data":"AQID"}""")]
    [InlineData("""{"buffer":true,"value":[1,2,3]}""")]
    [InlineData("""{"buffer":true,"value":"AQID"}""")]
    [InlineData("""{"value":"AQID","buffer":true}""")]
    [InlineData("""{"0":1,"1":2,"2":3}""")]
    [InlineData("""{ "0" : 1 , "1" : 2 , "2" : 3 }""")]
    public void Normalize_OlderForm_BecomesTodays(string older)
    {
        Assert.Equal("""{"type":"Buffer","data":"AQID"}""", Normalize(older));
        Assert.Equal("""[0,{"a":{"type":"Buffer","data":"AQID"}}, "x"]""", Normalize($$"""[0,{"a":{{older}}}, "x"]"""));
        Assert.True(BufferJson.TryDecode(Encoding.UTF8.GetBytes(older), out var bytes));
        Assert.Equal([1, 2, 3], bytes);
    }

    [Fact]
    public void Normalize_ArrayWithoutElements_BecomesNoBytes() =>
        Assert.Equal("""{"type":"Buffer","data":""}""", Normalize("""{"type":"Buffer","data":[]}"""));

    [Fact]
    public void Normalize_SeveralOlderForms_RewritesEachAndNothingBetween() =>
        Assert.Equal(
            """{"n":1.50e3,"a":{"type":"Buffer","data":"AQ=="}, "u":"\u00e9é\/","b":[{"type":"Buffer","data":"AgM="}],"c":null }""",
            Normalize("""{"n":1.50e3,"a":{"0":1}, "u":"\u00e9é\/","b":[{"type":"Buffer","data":[2,3]}],"c":null }"""));

    // Trap (a) of Baileys' own reader: the array form inside a sender key's bytes is what the Signal code itself reads there.
    [Fact]
    public void Normalize_ArrayFormWithinBytes_IsNotLookedInto()
    {
        var inner = """[{"senderKeyId":1,"senderChainKey":{"iteration":0,"seed":{"type":"Buffer","data":[1,2,3]}}}]"""u8;
        var record = BufferJson.Encode(inner);

        var normal = BufferJson.Normalize(record);

        Assert.Equal(record, normal.ToArray());
        Assert.True(BufferJson.TryDecode(normal.Span, out var bytes));
        Assert.Equal(inner.ToArray(), bytes);
        AssertUntouched("""{"record":"{\"type\":\"Buffer\",\"data\":[1,2]}"}""");
    }

    // Trap (b): what was base64 once is not encoded again.
    [Fact]
    public void Normalize_TodaysForm_IsNotEncodedAgain()
    {
        AssertUntouched("""{"type":"Buffer","data":"AQID"}""");
        AssertUntouched("""{"data":"AQID","type":"Buffer"}""");
        var once = Normalize("""{"type":"Buffer","data":[1,2,3]}""");
        Assert.Equal(once, Normalize(once));
    }

    // Trap (c): parseInt accepts a prefix, and Buffer.from wraps what is above 255.
    [Theory]
    [InlineData("""{"5511999990000@s.whatsapp.net":1}""")]
    [InlineData("""{"0@s.whatsapp.net":1}""")]
    [InlineData("""{"0":256}""")]
    [InlineData("""{"0":1,"1":300}""")]
    [InlineData("""{"0":-1}""")]
    [InlineData("""{"0":1.5}""")]
    [InlineData("""{"0":1.0}""")]
    [InlineData("""{"0":1e0}""")]
    [InlineData("""{"1":1}""")]
    [InlineData("""{"0":1,"2":2}""")]
    [InlineData("""{"1":1,"0":2}""")]
    [InlineData("""{"00":1}""")]
    [InlineData("""{"0":1,"01":2}""")]
    [InlineData("""{"0":1,"0":2}""")]
    [InlineData("""{"0":"1"}""")]
    [InlineData("""{"0":true}""")]
    [InlineData("""{"0":1,"x":2}""")]
    [InlineData("""{"0":{"1":2}}""")]
    [InlineData("{}")]
    [InlineData("[1,2,3]")]
    public void Normalize_MapThatIsNoBytes_StaysAMap(string json)
    {
        AssertUntouched(json);
        AssertUntouched($$"""{"a":{{json}}}""");
        Assert.False(BufferJson.TryDecode(Encoding.UTF8.GetBytes(json), out _));
    }

    [Theory]
    [InlineData("""{"type":"Buffer"}""")]
    [InlineData("""{"type":"buffer","data":[1]}""")]
    [InlineData("""{"type":"Buffer","data":[256]}""")]
    [InlineData("""{"type":"Buffer","data":[-1]}""")]
    [InlineData("""{"type":"Buffer","data":[1,"2"]}""")]
    [InlineData("""{"type":"Buffer","data":[[1]]}""")]
    [InlineData("""{"type":"Buffer","data":null}""")]
    [InlineData("""{"type":"Buffer","data":{"length":1}}""")]
    [InlineData("""{"type":"Buffer","data":[1],"more":0}""")]
    [InlineData("""{"type":"Buffer","data":[1],"value":[2]}""")]
    [InlineData("""{"type":"Buffer","buffer":true,"data":[1]}""")]
    [InlineData("""{"buffer":false,"data":[1]}""")]
    [InlineData("""{"buffer":"true","data":[1]}""")]
    [InlineData("""{"data":[1]}""")]
    [InlineData("""{"value":"AQID"}""")]
    public void Normalize_NearlyAnOlderForm_StaysAsItIs(string json)
    {
        AssertUntouched(json);
        Assert.False(BufferJson.TryDecode(Encoding.UTF8.GetBytes(json), out _));
    }

    [Fact]
    public void Normalize_AppStateSyncKey_KeepsPlainBase64AndTextNumbers() =>
        AssertUntouched("""{"keyData":"9bwo3hj4n6Ikk4FDhMq8vDjo69wo2VsuQiqrXhFi4As=","fingerprint":{"rawId":4,"currentIndex":3,"deviceIndexes":[0,3]},"timestamp":"1760000000003"}""");

    [Fact]
    public void Normalize_ByteOrderMark_IsLeftOut()
    {
        Assert.Equal("[1]", Encoding.UTF8.GetString(BufferJson.Normalize((byte[])[0xEF, 0xBB, 0xBF, .. "[1]"u8]).Span));
        Assert.Equal(4, Fault([0xEF, 0xBB, 0xBF, .. "[x]"u8]).BytePosition);
    }

    [Theory]
    [InlineData("\"\\ud800\"")] // half of a pair, which JavaScript writes and reads
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("123456789012345678901234567890.5E-400")]
    [InlineData(" \r\n\t[ ] \n")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("null")]
    public void Normalize_JsonOfAnyKind_StaysAsItIs(string json) => AssertUntouched(json);

    [Theory]
    [InlineData("x", 0)]
    [InlineData("[1,]", 3)]
    [InlineData("{\n\"a\":tru}", 9)]
    [InlineData("[1] [2]", 4)]
    [InlineData("// no\n1", 0)]
    [InlineData("\0\0\0\0", 0)]
    [InlineData("[01]", 2)]
    public void Normalize_NotJson_ThrowsWithThePosition(string json, long position)
    {
        var e = Fault(Encoding.UTF8.GetBytes(json));
        Assert.Equal(BaileysFormatReason.InvalidJson, e.Reason);
        Assert.Equal(position, e.BytePosition);
        Assert.Null(e.InnerException);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("{")]
    [InlineData("{\"a\":[1,2")]
    [InlineData("\"abc")]
    [InlineData("tru")]
    [InlineData("""{"type":"Buffer","data":"AQ""")]
    [InlineData("""{"type":"Buffer","data":[1,2""")]
    [InlineData("""{"0":1,"1":""")]
    public void Normalize_CutShort_ThrowsTruncated(string json)
    {
        var e = Fault(Encoding.UTF8.GetBytes(json));
        Assert.Equal(BaileysFormatReason.TruncatedJson, e.Reason);
        Assert.Equal(json.Length, e.BytePosition);
    }

    [Fact]
    public void Normalize_EveryPrefixOfARecord_IsRefused()
    {
        var creds = File.ReadAllBytes(Path.Join(SampleState.Folder, "creds.json"));
        for (var length = 0; length < creds.Length; length++)
            Assert.Equal(BaileysFormatReason.TruncatedJson, Fault(creds[..length]).Reason);
    }

    [Fact]
    public void Normalize_InvalidUtf8_ThrowsWithThePosition()
    {
        var e = Fault([.. "[\"ab"u8, 0xC3, 0x28, .. "\"]"u8]);
        Assert.Equal(BaileysFormatReason.InvalidUtf8, e.Reason);
        Assert.Equal(4, e.BytePosition);
    }

    [Fact]
    public void Normalize_Nesting_IsBounded()
    {
        var deepest = new string('[', BufferJson.MaxDepth) + new string(']', BufferJson.MaxDepth);
        AssertUntouched(deepest);
        Assert.Equal(BaileysFormatReason.TooDeep, Fault(Encoding.UTF8.GetBytes('[' + deepest + ']')).Reason);
        Assert.Equal(BaileysFormatReason.TooDeep, Fault(Encoding.UTF8.GetBytes(new string('[', 1_000_000))).Reason);
    }

    [Fact]
    public void Normalize_BytesAtTheDeepestLevel_AreRewritten()
    {
        var open = new string('[', BufferJson.MaxDepth - 2);
        var close = new string(']', BufferJson.MaxDepth - 2);
        Assert.Equal(open + """{"type":"Buffer","data":"Bw=="}""" + close, Normalize(open + """{"type":"Buffer","data":[7]}""" + close));
    }

    [Fact]
    public void Normalize_NotJson_NeverShowsContent()
    {
        var e = Fault("{\"private\":SECRET}"u8.ToArray());
        Assert.DoesNotContain("SECRET", e.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("'S'", e.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(33)]
    [InlineData(5000)]
    public void Encode_AnyBytes_DecodeToTheSame(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var json = BufferJson.Encode(bytes);

        Assert.Equal($$"""{"type":"Buffer","data":"{{Convert.ToBase64String(bytes)}}"}""", Encoding.UTF8.GetString(json));
        Assert.True(BufferJson.TryDecode(json, out var decoded));
        Assert.Equal(bytes, decoded);
    }

    [Theory]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(1001)]
    public void TryDecode_AnyPadding_AllocatesTheBytesAndNothingElse(int length)
    {
        var json = BufferJson.Encode(RandomNumberGenerator.GetBytes(length));

        Assert.Equal(Allocated(() => new byte[length]), Allocated(() => BufferJson.TryDecode(json, out var bytes) ? bytes : []));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AQ==")]
    [InlineData("A Q==")]
    [InlineData("AQ= =")]
    [InlineData("AQ == ")]
    [InlineData(" A Q I = ")]
    [InlineData("AQID BAUG BwgJ CgsM DQ4P EBES ExQV FhcY GRob HB0e HyAh IiMk JSY=")]
    [InlineData("AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8wMTIzNDU2Nzg5Ojs8PT4/QEFCQ0RFRkc =  =")]
    [InlineData("=")]
    [InlineData("==")]
    [InlineData("A==")]
    [InlineData("A===")]
    [InlineData("AQID=")]
    [InlineData("AQID==")]
    [InlineData("AQ==AQ==")]
    [InlineData("AQ=")]
    [InlineData("AQI")]
    public void TryDecode_PaddingAndSpacesAnywhere_AreReadOrRefusedAsThePlatformDoes(string base64)
    {
        var expected = new byte[base64.Length];
        var isBytes = Convert.TryFromBase64String(base64, expected, out var length);

        Assert.Equal(isBytes, BufferJson.TryDecode(Encoding.UTF8.GetBytes($$"""{"type":"Buffer","data":"{{base64}}"}"""), out var bytes));
        Assert.Equal(isBytes ? expected[..length] : null, bytes);
    }

    [Fact]
    public void WriteBuffer_InAnObject_IsTodaysForm()
    {
        var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            BufferJson.WriteBuffer(writer, "public", [0xFB, 0xFF, 0xFE]);
            writer.WriteStartArray("all");
            BufferJson.WriteBuffer(writer, [1]);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        Assert.Equal("""{"public":{"type":"Buffer","data":"+//+"},"all":[{"type":"Buffer","data":"AQ=="}]}""", Encoding.UTF8.GetString(stream.ToArray()));
    }

    [Theory]
    [InlineData("""{"type":"Buffer","data":"\u002b\/\/+"}""", true)]
    [InlineData("""{"type":"Buffer","data":"\ud800"}""", false)]
    [InlineData("""{"type":"Buffer","data":"***"}""", false)]
    [InlineData("""{"type":"Buffer","data":"AQID"} 1""", false)]
    [InlineData("""{"type":"Buffer","data":"AQ""", false)]
    [InlineData("", false)]
    public void TryDecode_UnusualText_IsReadOrRefused(string json, bool expected)
    {
        Assert.Equal(expected, BufferJson.TryDecode(Encoding.UTF8.GetBytes(json), out var bytes));
        Assert.Equal(expected ? [0xFB, 0xFF, 0xFE] : null, bytes);
    }

    private static string Normalize(string json) => Encoding.UTF8.GetString(BufferJson.Normalize(Encoding.UTF8.GetBytes(json)).Span);

    // The least of many calls: what is compiled anew meanwhile is not one call's.
    private static long Allocated(Func<byte[]> make)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 500; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            _ = make();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private static void AssertUntouched(string json)
    {
        ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(json);
        Assert.True(BufferJson.TryNormalize(bytes, out var normal, out var rewritten, out _));
        Assert.False(rewritten);
        Assert.True(bytes.Equals(normal), "it was copied");
    }

    private static BaileysFormatException Fault(byte[] json) => Assert.Throws<BaileysFormatException>(() => BufferJson.Normalize(json));
}
