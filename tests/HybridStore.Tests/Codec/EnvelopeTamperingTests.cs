using System.Buffers.Binary;
using System.IO.Compression;
using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

public class EnvelopeTamperingTests
{
    public static TheoryData<EnvelopeCipher, bool> Kinds
    {
        get
        {
            var data = new TheoryData<EnvelopeCipher, bool>();
            foreach (var cipher in CodecSome.Ciphers.Select(row => row.Data))
            {
                data.Add(cipher, false);
                data.Add(cipher, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TryOpen_WithAnyBitChanged_FailsByTheFaultOfItsField(EnvelopeCipher cipher, bool compressed)
    {
        var codec = CodecSome.Codec(cipher, compressionThreshold: 0);
        using var key = CodecSome.DataKey();
        var envelope = codec.Seal(CodecSome.Session, CodecSome.Key, key, compressed ? CodecSome.Json(200) : CodecSome.Noise(64));

        for (var bit = 0; bit < 8 * envelope.Length; bit++)
        {
            var changed = (byte[])envelope.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));

            var fault = codec.TryOpen(CodecSome.Session, CodecSome.Key, [key], changed, out var value);

            EnvelopeFault[] expected = (bit / 8) switch
            {
                0 or 1 => [EnvelopeFault.NotAnEnvelope],
                2 => [changed[2] == 0 ? EnvelopeFault.NotAnEnvelope : EnvelopeFault.UnknownFormat],
                3 => CipherSet.BuiltIn.Find((EnvelopeCipher)changed[3]) is null ? [EnvelopeFault.UnknownCipher] : [EnvelopeFault.NotAuthentic],
                4 => [changed[4] < 2 ? EnvelopeFault.NotAuthentic : EnvelopeFault.UnknownCompression],
                < EnvelopeHeader.Size => [EnvelopeFault.UnknownKey],
                _ => [EnvelopeFault.NotAuthentic],
            };
            Assert.Contains(Assert.NotNull(fault), expected);
            Assert.True(value.IsEmpty);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void TryOpen_CutShortOrExtended_Fails(EnvelopeCipher cipher, bool compressed)
    {
        var codec = CodecSome.Codec(cipher, compressionThreshold: 0);
        using var key = CodecSome.DataKey();
        var envelope = codec.Seal(CodecSome.Session, CodecSome.Key, key, compressed ? CodecSome.Json(200) : CodecSome.Noise(64));
        var overhead = EnvelopeHeader.Size + (cipher == EnvelopeCipher.XSalsa20Poly1305 ? 24 : 12) + 16;

        for (var length = 0; length < envelope.Length; length++)
        {
            Assert.Equal(
                length < overhead ? EnvelopeFault.Truncated : EnvelopeFault.NotAuthentic,
                codec.TryOpen(CodecSome.Session, CodecSome.Key, [key], envelope.AsSpan(0, length), out _));
        }

        Assert.Equal(EnvelopeFault.NotAuthentic, codec.TryOpen(CodecSome.Session, CodecSome.Key, [key], [.. envelope, 0], out _));
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void TryOpen_InAnotherPlace_IsNotAuthentic(EnvelopeCipher cipher)
    {
        (string Tenant, string Session, string Type, string Id)[] places =
        [
            ("clinic", "desk", "session", "1"), ("clinic2", "desk", "session", "1"), ("clinic", "desk2", "session", "1"),
            ("clinic", "desk", "pre-key", "1"), ("clinic", "desk", "session", "2"),
            ("Clinic", "desk", "session", "1"), ("clinic", "desk ", "session", "1"),

            // The same characters, divided differently or in another order.
            ("a", "bc", "d", "e"), ("ab", "c", "d", "e"), ("a", "b", "cd", "e"), ("a", "b", "c", "de"), ("abc", "d", "e", "f"), ("d", "e", "a", "bc"),
            ("a/b", "c", "d", "e"), ("a", "b/c", "d", "e"), ("a:b", "c", "d", "e"), ("a", "b:c", "d", "e"),

            // The same text to a reader: composed and decomposed.
            ("cl\u00ednica", "desk", "session", "1"), ("cli\u0301nica", "desk", "session", "1"),

            // Characters that look like a length.
            ("\u0001", "\u0001a", "\u0001", "a"), ("\u0001\u0001", "a", "\u0001", "a"),
        ];
        var codec = CodecSome.Codec(cipher);
        using var key = CodecSome.DataKey();

        foreach (var sealedIn in places)
        {
            var envelope = codec.Seal(new(sealedIn.Tenant, sealedIn.Session), new(sealedIn.Type, sealedIn.Id), key, [1, 2, 3]);
            foreach (var openedIn in places)
            {
                Assert.Equal(
                    sealedIn == openedIn ? null : EnvelopeFault.NotAuthentic,
                    codec.TryOpen(new(openedIn.Tenant, openedIn.Session), new(openedIn.Type, openedIn.Id), [key], envelope, out _));
            }
        }
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void TryOpen_WithOtherKeys_TellsAnUnknownKeyFromAWrongOne(EnvelopeCipher cipher)
    {
        var codec = CodecSome.Codec(cipher);
        using var key = CodecSome.DataKey(1);
        using var other = CodecSome.DataKey(2);
        using var impostor = CodecSome.DataKey(1);
        var envelope = codec.Seal(CodecSome.Session, CodecSome.Key, key, [1, 2, 3]);

        Assert.Equal(EnvelopeFault.UnknownKey, codec.TryOpen(CodecSome.Session, CodecSome.Key, [], envelope, out _));
        Assert.Equal(EnvelopeFault.UnknownKey, codec.TryOpen(CodecSome.Session, CodecSome.Key, [other], envelope, out _));
        Assert.Equal(EnvelopeFault.NotAuthentic, codec.TryOpen(CodecSome.Session, CodecSome.Key, [impostor], envelope, out _));
    }

    [Fact]
    public void TryOpen_OfTheBoxUnderAnotherCipher_Fails()
    {
        var codec = CodecSome.Codec(EnvelopeCipher.XSalsa20Poly1305);
        using var key = CodecSome.DataKey();
        foreach (var (cipher, other) in new[]
        {
            (EnvelopeCipher.Aes256Gcm, EnvelopeCipher.XSalsa20Poly1305), (EnvelopeCipher.XSalsa20Poly1305, EnvelopeCipher.Aes256Gcm),
            (EnvelopeCipher.Aes256Gcm, EnvelopeCipher.ChaCha20Poly1305), (EnvelopeCipher.ChaCha20Poly1305, EnvelopeCipher.Aes256Gcm),
        })
        {
            var envelope = CodecSome.Codec(cipher).Seal(CodecSome.Session, CodecSome.Key, key, CodecSome.Noise(64));
            envelope[3] = (byte)other;
            Assert.Equal(EnvelopeFault.NotAuthentic, codec.TryOpen(CodecSome.Session, CodecSome.Key, [key], envelope, out _));
        }
    }

    [Fact]
    public void TryOpen_OfForeignBytes_IsNotAnEnvelope()
    {
        var codec = CodecSome.Codec(EnvelopeCipher.Aes256Gcm);
        using var key = CodecSome.DataKey();

        foreach (var foreign in new[] { "{\"registered\":true}", "H", "h", "HT", "HK\u0001\u0001", "\0\0\0\0", "SH\u0001\u0001", "null" })
        {
            var expected = foreign == "H" ? EnvelopeFault.Truncated : EnvelopeFault.NotAnEnvelope;
            Assert.Equal(expected, codec.TryOpen(CodecSome.Session, CodecSome.Key, [key], System.Text.Encoding.UTF8.GetBytes(foreign), out _));
        }

        Assert.Equal(EnvelopeFault.Truncated, codec.TryOpen(CodecSome.Session, CodecSome.Key, [key], [], out _));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(255)]
    public void TryOpen_OfANewerFormat_SaysSo(byte format)
    {
        var codec = CodecSome.Codec(EnvelopeCipher.Aes256Gcm);
        using var key = CodecSome.DataKey();

        Assert.Equal(EnvelopeFault.UnknownFormat, codec.TryOpen(CodecSome.Session, CodecSome.Key, [key], [(byte)'H', (byte)'S', format], out _));
    }

    [Fact]
    public void TryOpen_OfRandomBytes_NeverThrowsAndNeverOpens()
    {
        var codec = CodecSome.Codec(EnvelopeCipher.Aes256Gcm);
        using var key = CodecSome.DataKey();
        DataKey[] keys = [key];
        var random = new Random(1);
        var template = codec.Seal(CodecSome.Session, CodecSome.Key, key, CodecSome.Noise(32));

        for (var i = 0; i < 100_000; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);

            // The header is mostly right, or nothing behind it would ever be looked at.
            template.AsSpan(0, Math.Min(bytes.Length, random.Next(EnvelopeHeader.Size + 1))).CopyTo(bytes);
            if (bytes.Length > 3 && LibSodium.IsAvailable && i % 2 == 0)
                bytes[3] = (byte)EnvelopeCipher.XSalsa20Poly1305;

            Assert.NotNull(codec.TryOpen(CodecSome.Session, CodecSome.Key, keys, bytes, out _));
        }
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void TryOpen_OfAnAuthenticBomb_IsNotDecompressible(EnvelopeCipher cipher)
    {
        CodecSome.Require(cipher);
        using var key = CodecSome.DataKey();
        var codec = CodecSome.Codec(cipher);
        var zeros = new byte[64 * 1024 * 1024];
        var brotli = new byte[1024 * 1024];
        Assert.True(BrotliEncoder.TryCompress(zeros, brotli, out var written, quality: 5, window: 22));
        var stream = brotli.AsSpan(0, written).ToArray();

        // Says what it is, which is above the limit; says the limit and is more; says less than it is; says more than it is; says nothing; is no stream.
        byte[][] bombs =
        [
            Contents((uint)zeros.Length, stream), Contents(AuthLimits.MaxValueBytes, stream), Contents(1, stream), Contents(0, stream),
            Contents(uint.MaxValue, stream), Contents(4, Brotli([1, 2, 3])), [], [0, 0, 0], Contents(100, []), Contents(100, CodecSome.Noise(64)),
        ];
        foreach (var contents in bombs)
        {
            var envelope = SealAsCompressed(cipher, key, contents);
            Assert.Equal(EnvelopeFault.NotDecompressible, codec.TryOpen(CodecSome.Session, CodecSome.Key, [key], envelope, out var value));
            Assert.True(value.IsEmpty);
        }

        Assert.Null(codec.TryOpen(CodecSome.Session, CodecSome.Key, [key], SealAsCompressed(cipher, key, Contents(3, Brotli([1, 2, 3]))), out _));
    }

    [Fact]
    public void Open_OfWhatDoesNotOpen_NamesTheRecordAndTheFault()
    {
        var codec = CodecSome.Codec(EnvelopeCipher.Aes256Gcm);
        using var key = CodecSome.DataKey();
        var envelope = codec.Seal(CodecSome.Session, CodecSome.Key, key, [1, 2, 3]);

        var error = Assert.Throws<EnvelopeException>(() => codec.Open(CodecSome.Session, AuthKey.Creds, [key], envelope));

        Assert.Equal((CodecSome.Session, AuthKey.Creds, EnvelopeFault.NotAuthentic), (Assert.NotNull(error.Session), error.Key, error.Fault));
    }

    private static byte[] Brotli(byte[] value)
    {
        var stream = new byte[100];
        Assert.True(BrotliEncoder.TryCompress(value, stream, out var written));
        return stream[..written];
    }

    private static byte[] Contents(uint length, byte[] stream)
    {
        var contents = new byte[4 + stream.Length];
        BinaryPrimitives.WriteUInt32BigEndian(contents, length);
        stream.CopyTo(contents, 4);
        return contents;
    }

    // What only somebody with the data key can make: an authentic envelope with contents of their choice.
    private static byte[] SealAsCompressed(EnvelopeCipher id, DataKey key, byte[] contents)
    {
        var cipher = CipherSet.BuiltIn.ForSealing(id);
        var envelope = new byte[EnvelopeHeader.Size + cipher.NonceSize + contents.Length + cipher.TagSize];
        new EnvelopeHeader(1, id, EnvelopeCompression.Brotli, key.Id).Write(envelope);
        var binding = new BindingWriter(new byte[BindingWriter.StackSize]);
        binding.Add("HybridStore/envelope"u8);
        binding.Add(envelope.AsSpan(0, EnvelopeHeader.Size));
        binding.AddName(CodecSome.Session.Tenant);
        binding.AddName(CodecSome.Session.Session);
        binding.AddName(CodecSome.Key.Type);
        binding.AddName(CodecSome.Key.Id);
        var box = envelope.AsSpan(EnvelopeHeader.Size + cipher.NonceSize);
        key.Material.Seal(cipher, envelope.AsSpan(EnvelopeHeader.Size, cipher.NonceSize), binding.Written, contents, box);
        return envelope;
    }
}
