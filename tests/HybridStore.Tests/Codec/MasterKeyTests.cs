using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

public class MasterKeyTests
{
    // Chosen so that base64 has both characters that url-safe base64 writes differently.
    private const string Hex = "fbefbe00112233445566778899aabbccddeeff00fffefdfcfbfaf9f8f7f6f5f4";

    private static readonly string Base64 = Convert.ToBase64String(Convert.FromHexString(Hex));

    public static TheoryData<string> Readable => new(
        Base64,
        Base64.TrimEnd('='),
        Base64.Replace('+', '-').Replace('/', '_'),
        Base64.Replace('+', '-').Replace('/', '_').TrimEnd('='),
        Hex,
        Hex.ToUpperInvariant(),
        $"  {Base64}\r\n",
        $"\t{Hex}\n");

    public static TheoryData<string> Unreadable => new(
        "correct horse battery staple",
        "correct-horse-battery-staple-and-more-wor",
        "password",
        Hex[..^1],
        Hex[..^2],
        Hex + "00",
        "0x" + Hex,
        "g" + Hex[1..],
        Base64 + "=",
        Base64[1..],
        Base64[..20] + " " + Base64[20..],
        Base64[..20] + "\n" + Base64[21..],
        Base64[..20] + "*" + Base64[21..],
        "é" + Base64[1..],
        new string('A', 42) + "B", // two bits more than 32 bytes
        new string('A', 42) + "B=",
        Convert.ToBase64String(new byte[31]),
        Convert.ToBase64String(new byte[33]),
        Convert.ToBase64String(new byte[16]),
        Convert.ToBase64String(CodecSome.Noise(48)),
        new('=', 44),
        new('x', 10_000));

    [Theory]
    [MemberData(nameof(Readable))]
    public void Parse_OfEveryEncoding_GivesTheKey(string text)
    {
        using var key = MasterKey.Parse(text);

        Assert.Equal(Base64, key.ToBase64());
    }

    [Theory]
    [MemberData(nameof(Unreadable))]
    public void Parse_OfAnythingElse_IsMalformedAndSaysHowToMakeOne(string text)
    {
        var error = Assert.Throws<MasterKeyException>(() => MasterKey.Parse(text));

        Assert.Equal(MasterKeyFault.Malformed, error.Fault);
        Assert.Contains("hybridstore keygen", error.Message, StringComparison.Ordinal);
        Assert.Contains("openssl rand -base64 32", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(text, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \r\n")]
    public void Parse_OfNothing_IsMissing(string? text)
    {
        var error = Assert.Throws<MasterKeyException>(() => MasterKey.Parse(text));

        Assert.Equal(MasterKeyFault.Missing, error.Fault);
        Assert.Contains("hybridstore keygen", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICA=")]
    public void Parse_OfAPlaceholder_IsTrivial(string text)
    {
        var error = Assert.Throws<MasterKeyException>(() => MasterKey.Parse(text));

        Assert.Equal(MasterKeyFault.Trivial, error.Fault);
        Assert.DoesNotContain(text, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void FromBytes_OfAnotherSize_IsRefused()
    {
        Assert.Equal(MasterKeyFault.Missing, Assert.Throws<MasterKeyException>(() => MasterKey.FromBytes([])).Fault);
        Assert.Equal(MasterKeyFault.Malformed, Assert.Throws<MasterKeyException>(() => MasterKey.FromBytes(CodecSome.Noise(31))).Fault);
        Assert.Equal(MasterKeyFault.Malformed, Assert.Throws<MasterKeyException>(() => MasterKey.FromBytes(CodecSome.Noise(33))).Fault);
        Assert.Equal(MasterKeyFault.Trivial, Assert.Throws<MasterKeyException>(() => MasterKey.FromBytes(new byte[32])).Fault);
    }

    [Fact]
    public void FromBytes_CopiesTheBytes()
    {
        var bytes = Convert.FromHexString(Hex);
        using var key = MasterKey.FromBytes(bytes);

        Array.Clear(bytes);

        Assert.Equal(Base64, key.ToBase64());
    }

    [Fact]
    public void Generate_GivesKeysThatParse()
    {
        var texts = Enumerable.Range(0, 100).Select(_ =>
        {
            using var key = MasterKey.Generate();
            return key.ToBase64();
        }).ToList();

        Assert.Equal(100, texts.Distinct().Count());
        foreach (var text in texts)
            MasterKey.Parse(text).Dispose();
    }

    [Fact]
    public void Id_IsTheSameForTheSameKeyAndTellsNothingOfIt()
    {
        using var key = MasterKey.Parse(Hex);
        using var same = MasterKey.Parse(Base64);
        using var other = MasterKey.Generate();

        Assert.Equal(key.Id, same.Id);
        Assert.NotEqual(key.Id, other.Id);
        Assert.Matches("^[0-9a-f]{16}$", key.Id);
        Assert.DoesNotContain(key.Id, Hex, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_NeverShowsTheKey()
    {
        using var key = MasterKey.Parse(Hex);
        using var dataKey = new DataKey(new DataKeyId(7), Convert.FromHexString(Hex));

        Assert.Equal($"master key {key.Id}", key.ToString());
        Assert.Equal("data key 0000000000000007", dataKey.ToString());
    }
}
