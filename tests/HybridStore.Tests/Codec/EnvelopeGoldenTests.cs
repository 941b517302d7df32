using System.Runtime.CompilerServices;
using System.Text;
using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

/// <summary>Envelopes and wrapped keys of format 1, made once: every later version must open them.</summary>
public class EnvelopeGoldenTests
{
    private static readonly AuthSessionId Session = new("clínica-7", "recepção");
    private static readonly AuthKey Key = new(AuthKeyTypes.SenderKey, "120363000000000001@g.us::5511999990000::0");

    public static TheoryData<string, EnvelopeCipher> Envelopes => Of("empty", "plain", "brotli");

    // What a compressor makes of a value may change from one release of the platform to the next; that it opens is what counts.
    public static TheoryData<string, EnvelopeCipher> Reproducible => Of("empty", "plain");

    [Theory]
    [MemberData(nameof(Envelopes))]
    public void Open_OfAGoldenEnvelope_GivesTheValue(string value, EnvelopeCipher cipher)
    {
        using var key = CodecSome.FixedDataKey();
        CodecSome.Require(cipher);
        var envelope = Read($"v1-{cipher}-{value}.bin");

        var opened = CodecSome.Codec(EnvelopeCipher.Aes256Gcm).Open(Session, Key, [key], envelope);

        Assert.Equal(Encoding.UTF8.GetString(Value(value)), Encoding.UTF8.GetString(opened.Span));
        Assert.Null(EnvelopeHeader.TryRead(envelope, out var header));
        Assert.Equal(new EnvelopeHeader(1, cipher, value == "brotli" ? EnvelopeCompression.Brotli : EnvelopeCompression.None, key.Id), header);
    }

    [Theory]
    [MemberData(nameof(Reproducible))]
    public void Seal_WithTheSameNonce_GivesTheGoldenEnvelope(string value, EnvelopeCipher cipher) =>
        Assert.Equal(Convert.ToHexString(Read($"v1-{cipher}-{value}.bin")), Convert.ToHexString(SealFixed(cipher, value)));

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void Unwrap_OfAGoldenKey_GivesTheDataKey(EnvelopeCipher cipher)
    {
        CodecSome.Require(cipher);
        using var masterKey = CodecSome.FixedMasterKey();
        using var expected = CodecSome.FixedDataKey();
        var wrapper = new DataKeyWrapper(masterKey, EnvelopeCipher.Aes256Gcm);

        using var key = wrapper.Unwrap(Session, 3, new WrappedDataKey(expected.Id, Read($"v1-{cipher}-wrapped.bin")));

        Assert.Equal(Bytes(expected), Bytes(key));
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void Wrap_WithTheSameNonce_GivesTheGoldenKey(EnvelopeCipher cipher) =>
        Assert.Equal(Convert.ToHexString(Read($"v1-{cipher}-wrapped.bin")), Convert.ToHexString(WrapFixed(cipher)));

    [Fact]
    public void MasterKeyId_IsTheGoldenOne()
    {
        using var masterKey = CodecSome.FixedMasterKey();

        Assert.Equal("731282a030cf9aae", masterKey.Id);
    }

    /// <summary>Writes the files that don't exist yet. Run it by name when a format is added, never to change one.</summary>
    [Fact(Explicit = true)]
    public void WriteMissingFiles()
    {
        foreach (var cipher in CodecSome.Ciphers.Select(row => row.Data))
        {
            foreach (var value in new[] { "empty", "plain", "brotli" })
                WriteIfMissing($"v1-{cipher}-{value}.bin", SealFixed(cipher, value));
            WriteIfMissing($"v1-{cipher}-wrapped.bin", WrapFixed(cipher));
        }
    }

    private static TheoryData<string, EnvelopeCipher> Of(params string[] values)
    {
        var data = new TheoryData<string, EnvelopeCipher>();
        foreach (var cipher in CodecSome.Ciphers.Select(row => row.Data))
        {
            foreach (var value in values)
                data.Add(value, cipher);
        }

        return data;
    }

    private static byte[] SealFixed(EnvelopeCipher cipher, string value)
    {
        CodecSome.Require(cipher);
        using var key = CodecSome.FixedDataKey();
        return new EnvelopeCodec(new EnvelopeCodecOptions { Cipher = cipher, CompressionThreshold = 512 }, CodecSome.FixedNonce).Seal(Session, Key, key, Value(value));
    }

    private static byte[] WrapFixed(EnvelopeCipher cipher)
    {
        CodecSome.Require(cipher);
        using var masterKey = CodecSome.FixedMasterKey();
        using var key = CodecSome.FixedDataKey();
        return new DataKeyWrapper(masterKey, cipher, CipherSet.BuiltIn, CodecSome.FixedNonce).Wrap(Session, 3, key).Bytes.ToArray();
    }

    private static byte[] Value(string name) => name switch
    {
        "empty" => [],
        "plain" => "{\"private\":{\"type\":\"Buffer\",\"data\":\"not a real key, but as long as one =\"}}"u8.ToArray(),
        _ => CodecSome.Json(1000),
    };

    private static byte[] Bytes(DataKey key)
    {
        var bytes = new byte[KeyMaterial.Size];
        key.Material.CopyTo(bytes);
        return bytes;
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(EnvelopeGoldenTests).Assembly.GetManifestResourceStream($"Golden/{name}") ?? throw new FileNotFoundException(name);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static void WriteIfMissing(string name, byte[] bytes, [CallerFilePath] string source = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(source)!, "Golden", name);
        if (!File.Exists(path))
            File.WriteAllBytes(path, bytes);
    }
}
