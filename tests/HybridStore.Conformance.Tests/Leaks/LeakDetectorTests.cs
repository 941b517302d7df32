using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HybridStore.Conformance.Leaks;

namespace HybridStore.Conformance.Tests.Leaks;

/// <summary>A leak of each form is found, and nothing is found where there is none.</summary>
public sealed class LeakDetectorTests
{
    private static readonly byte[] Secret = [0xfb, 0xef, 0xbe, 0x3f, .. SHA256.HashData("a key"u8)];

    /// <summary>Ways to write a secret down.</summary>
    public static TheoryData<string> Forms { get; } =
    [
        "raw", "hex", "HEX", "he:x", "he-x", "base64+0", "base64+1", "base64+2", "base64url+0", "base64url+1", "base64url+2", "base64 in json+0", "base64 in json+1",
        "base64 in json+2", "utf-16 hex", "utf-16 base64+1", "big-endian utf-16 hex",
    ];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Find_PlantedLeak_IsFoundWhereverItStands(string form)
    {
        var detector = new LeakDetector();
        Assert.True(detector.Add("the key", Secret));
        var leak = Write(form, Secret);
        for (var before = 0; before < 9; before++)
        {
            byte[] haystack = [.. Encoding.ASCII.GetBytes(new string('#', before)), .. leak, .. "# and so on"u8];

            Assert.Equal("the key", detector.Find(haystack)?.Secret);
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Find_APartOfTheSecret_IsFound(string form)
    {
        var detector = new LeakDetector();
        detector.Add("the key", Secret);

        Assert.NotNull(detector.Find(Write(form, Secret.AsSpan(5, 2 * LeakDetector.FragmentSize).ToArray())));
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Find_AnotherSecret_IsNotFound(string form)
    {
        var detector = new LeakDetector();
        detector.Add("the key", Secret);

        Assert.Null(detector.Find(Write(form, SHA256.HashData("another key"u8))));
        Assert.Null(detector.Find(RandomNumberGenerator.GetBytes(1 << 20)));
    }

    [Fact]
    public void Find_Text_IsFoundInUtf8AndUtf16()
    {
        var detector = new LeakDetector();
        detector.Add("the password", "correct horse battery");

        Assert.Equal(new FoundSecret("the password", "as it is"), detector.Find("Host=db;Password=correct horse battery;"));
        Assert.Equal(new FoundSecret("the password", "in UTF-16"), detector.Find(Encoding.Unicode.GetBytes("Password=correct horse battery;")));
        Assert.Equal(new FoundSecret("the password", "in UTF-16"), detector.Find(Encoding.BigEndianUnicode.GetBytes("Password=correct horse battery;")));
        Assert.Null(detector.Find("Host=db;Password=***;"));
    }

    [Fact]
    public void Find_ShortPassword_IsFound()
    {
        var detector = new LeakDetector();
        Assert.True(detector.Add("the password", "hunter2!"));

        Assert.NotNull(detector.Find("it is hunter2!, they say"));
        Assert.Null(detector.Find("it is hunter2?, they say"));
    }

    [Fact]
    public void Find_SeveralWithOneBeginning_AreEachFound()
    {
        var detector = new LeakDetector();
        detector.Add("first", "12345678-first"u8);
        detector.Add("second", "12345678-second"u8);

        Assert.Equal("first", detector.Find("12345678-first")?.Secret);
        Assert.Equal("second", detector.Find("12345678-second")?.Secret);
    }

    [Fact]
    public void Add_TooShortOrTooPlain_IsLeftOut()
    {
        var detector = new LeakDetector();

        Assert.False(detector.Add("short", [1, 2, 3, 4, 5, 6, 7]));
        Assert.False(detector.Add("zeros", new byte[100]));
        Assert.Equal(0, detector.Count);
    }

    [Fact]
    public void Allow_AName_IsNoSecret()
    {
        var detector = new LeakDetector();
        detector.Add("a value", "5521987654321.0"u8);
        Assert.NotNull(detector.Find("session 5521987654321.0"));
        detector.Allow("5521987654321.0");

        Assert.Null(detector.Find("session 5521987654321.0"));
    }

    [Fact]
    public void Find_LargeSecret_IsFoundInAnyPart()
    {
        var detector = new LeakDetector();
        var large = RandomNumberGenerator.GetBytes(LeakDetector.FragmentSize * 200);
        detector.Add("a value", large);

        for (var at = 0; at + 24 <= large.Length; at += 97)
            Assert.NotNull(detector.Find(large.AsSpan(at, 24)));
    }

    private static byte[] Write(string form, byte[] secret)
    {
        var (kind, shift) = form.Split('+') is [var k, var s] ? (k, int.Parse(s, null)) : (form, 0);
        byte[] shifted = [.. new byte[shift], .. secret];
        return kind switch
        {
            "raw" => secret,
            "hex" => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret)),
            "HEX" => Encoding.ASCII.GetBytes(Convert.ToHexString(secret)),
            "he:x" => Encoding.ASCII.GetBytes(BitConverter.ToString(secret).Replace('-', ':')),
            "he-x" => Encoding.ASCII.GetBytes(BitConverter.ToString(secret)),
            "base64" => Encoding.ASCII.GetBytes(Convert.ToBase64String(shifted)),
            "base64url" => Encoding.ASCII.GetBytes(System.Buffers.Text.Base64Url.EncodeToString(shifted)),
            "base64 in json" => JsonSerializer.SerializeToUtf8Bytes(Convert.ToBase64String(shifted)),
            "utf-16 hex" => Encoding.Unicode.GetBytes(Convert.ToHexString(secret)),
            "utf-16 base64" => Encoding.Unicode.GetBytes(Convert.ToBase64String(shifted)),
            "big-endian utf-16 hex" => Encoding.BigEndianUnicode.GetBytes(Convert.ToHexString(secret)),
            _ => throw new ArgumentOutOfRangeException(nameof(form)),
        };
    }
}
