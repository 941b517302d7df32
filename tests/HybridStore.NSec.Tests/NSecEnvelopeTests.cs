using System.Runtime.CompilerServices;
using HybridStore.Codec;

namespace HybridStore.NSec.Tests;

/// <summary>Envelopes and wrapped keys, and files of each that were made once: every later version must open them.</summary>
public class NSecEnvelopeTests
{
    private static readonly AuthSessionId Session = new("clínica-7", "recepção");
    private static readonly AuthKey Key = new(AuthKeyTypes.SenderKey, "120363000000000001@g.us::5511999990000::0");
    private static readonly byte[] Value = "{\"private\":{\"type\":\"Buffer\",\"data\":\"not a real key, but as long as one =\"}}"u8.ToArray();

    [Theory]
    [MemberData(nameof(NSecCipherTests.Ciphers), MemberType = typeof(NSecCipherTests))]
    public void Open_OfAGoldenEnvelope_GivesTheValue(EnvelopeCipher cipher)
    {
        using var key = FixedDataKey();

        Assert.Equal(Value, Codec(EnvelopeCipher.Aes256Gcm).Open(Session, Key, [key], Read($"v1-{cipher}-plain.bin")).ToArray());
    }

    [Theory]
    [MemberData(nameof(NSecCipherTests.Ciphers), MemberType = typeof(NSecCipherTests))]
    public void Seal_WithTheSameNonce_GivesTheGoldenEnvelope(EnvelopeCipher cipher) =>
        Assert.Equal(Convert.ToHexString(Read($"v1-{cipher}-plain.bin")), Convert.ToHexString(SealFixed(cipher)));

    [Theory]
    [MemberData(nameof(NSecCipherTests.Ciphers), MemberType = typeof(NSecCipherTests))]
    public void Wrap_WithTheSameNonce_GivesTheGoldenKey_AndItUnwraps(EnvelopeCipher cipher)
    {
        using var masterKey = MasterKey.FromBytes(Sequence(64));
        using var expected = FixedDataKey();
        var golden = Read($"v1-{cipher}-wrapped.bin");

        using var key = new DataKeyWrapper(masterKey, EnvelopeCipher.Aes256Gcm, All).Unwrap(Session, 3, new WrappedDataKey(expected.Id, golden));

        Assert.Equal(Convert.ToHexString(golden), Convert.ToHexString(WrapFixed(cipher)));
        Assert.Equal(Bytes(expected), Bytes(key));
    }

    [Theory]
    [MemberData(nameof(NSecCipherTests.Ciphers), MemberType = typeof(NSecCipherTests))]
    public void TryOpen_InAnotherPlace_IsNotAuthentic(EnvelopeCipher cipher)
    {
        using var key = FixedDataKey();
        var codec = Codec(cipher);
        var envelope = codec.Seal(Session, Key, key, Value);

        Assert.Null(codec.TryOpen(Session, Key, [key], envelope, out _));
        Assert.Equal(EnvelopeFault.NotAuthentic, codec.TryOpen(new AuthSessionId(Session.Tenant, "other"), Key, [key], envelope, out _));
        Assert.Equal(EnvelopeFault.NotAuthentic, codec.TryOpen(new AuthSessionId("other", Session.Session), Key, [key], envelope, out _));
        Assert.Equal(EnvelopeFault.NotAuthentic, codec.TryOpen(Session, new AuthKey(Key.Type, "other"), [key], envelope, out _));
        Assert.Equal(EnvelopeFault.NotAuthentic, codec.TryOpen(Session, new AuthKey("other", Key.Id), [key], envelope, out _));
    }

    [Theory]
    [MemberData(nameof(NSecCipherTests.Ciphers), MemberType = typeof(NSecCipherTests))]
    public void TryOpen_WithoutTheCipher_IsUnknownCipher(EnvelopeCipher cipher)
    {
        using var key = FixedDataKey();
        var core = new EnvelopeCodec(new EnvelopeCodecOptions { Cipher = EnvelopeCipher.Aes256Gcm });

        Assert.Equal(EnvelopeFault.UnknownCipher, core.TryOpen(Session, Key, [key], Codec(cipher).Seal(Session, Key, key, Value), out _));
    }

    /// <summary>Writes the files that don't exist yet. Run it by name when a format is added, never to change one.</summary>
    [Fact(Explicit = true)]
    public void WriteMissingFiles()
    {
        foreach (var cipher in NSecCipherTests.Ciphers.Select(row => row.Data))
        {
            WriteIfMissing($"v1-{cipher}-plain.bin", SealFixed(cipher));
            WriteIfMissing($"v1-{cipher}-wrapped.bin", WrapFixed(cipher));
        }
    }

    internal static CipherSet All => CipherSet.BuiltIn.With(NSecCipher.XChaCha20Poly1305).With(NSecCipher.Aegis256);

    private static EnvelopeCodec Codec(EnvelopeCipher cipher) => new(new EnvelopeCodecOptions { Cipher = cipher, Ciphers = All });

    private static byte[] SealFixed(EnvelopeCipher cipher)
    {
        using var key = FixedDataKey();
        return new EnvelopeCodec(new EnvelopeCodecOptions { Cipher = cipher, Ciphers = All }, FixedNonce).Seal(Session, Key, key, Value);
    }

    private static byte[] WrapFixed(EnvelopeCipher cipher)
    {
        using var masterKey = MasterKey.FromBytes(Sequence(64));
        using var key = FixedDataKey();
        return new DataKeyWrapper(masterKey, cipher, All, FixedNonce).Wrap(Session, 3, key).Bytes.ToArray();
    }

    private static DataKey FixedDataKey() => new(new DataKeyId(0x0123_4567_89ab_cdef), Sequence(0));

    private static void FixedNonce(Span<byte> nonce)
    {
        for (var i = 0; i < nonce.Length; i++)
            nonce[i] = (byte)(0xa0 + i);
    }

    private static byte[] Sequence(byte first) => [.. Enumerable.Range(first, 32).Select(i => (byte)i)];

    private static byte[] Bytes(DataKey key)
    {
        var bytes = new byte[KeyMaterial.Size];
        key.Material.CopyTo(bytes);
        return bytes;
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(NSecEnvelopeTests).Assembly.GetManifestResourceStream($"Golden/{name}") ?? throw new FileNotFoundException(name);
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
