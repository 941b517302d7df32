using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

public class EnvelopeCodecTests
{
    public static TheoryData<EnvelopeCipher, int> Sizes
    {
        get
        {
            var data = new TheoryData<EnvelopeCipher, int>();
            foreach (var cipher in CodecSome.Ciphers.Select(row => row.Data))
            {
                foreach (var size in new[] { 0, 1, 15, 16, 17, 63, 64, 65, 256, 511, 512, 513, 4096, 65_537, 1 << 20, AuthLimits.MaxValueBytes })
                    data.Add(cipher, size);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Open_OfSealedNoise_GivesTheValue(EnvelopeCipher cipher, int size)
    {
        var codec = CodecSome.Codec(cipher);
        using var key = CodecSome.DataKey();
        var value = CodecSome.Noise(size);

        var envelope = codec.Seal(CodecSome.Session, CodecSome.Key, key, value);

        Assert.True(codec.Open(CodecSome.Session, CodecSome.Key, [key], envelope).Span.SequenceEqual(value));
        Assert.Equal(EnvelopeHeader.Size + (cipher == EnvelopeCipher.XSalsa20Poly1305 ? 24 : 12) + size + 16, envelope.Length);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Open_OfSealedJson_GivesTheValue(EnvelopeCipher cipher, int size)
    {
        var codec = CodecSome.Codec(cipher);
        using var key = CodecSome.DataKey();
        var value = CodecSome.Json(size);

        var envelope = codec.Seal(CodecSome.Session, CodecSome.Key, key, value);

        Assert.True(codec.Open(CodecSome.Session, CodecSome.Key, [key], envelope).Span.SequenceEqual(value));
        Assert.Null(EnvelopeHeader.TryRead(envelope, out var header));
        Assert.Equal(size < 512 ? EnvelopeCompression.None : EnvelopeCompression.Brotli, header.Compression);
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void Seal_OfWhatDoesNotCompress_KeepsItAsItIs(EnvelopeCipher cipher)
    {
        var codec = CodecSome.Codec(cipher, compressionThreshold: 0);
        using var key = CodecSome.DataKey();

        foreach (var size in new[] { 0, 1, 5, 164, 4096 })
        {
            Assert.Null(EnvelopeHeader.TryRead(codec.Seal(CodecSome.Session, CodecSome.Key, key, CodecSome.Noise(size)), out var header));
            Assert.Equal(EnvelopeCompression.None, header.Compression);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Seal_WithCompressionOff_NeverCompresses(int threshold)
    {
        var codec = CodecSome.Codec(EnvelopeCipher.Aes256Gcm, threshold);
        using var key = CodecSome.DataKey();

        Assert.Null(EnvelopeHeader.TryRead(codec.Seal(CodecSome.Session, CodecSome.Key, key, CodecSome.Json(100_000)), out var header));

        Assert.Equal(EnvelopeCompression.None, header.Compression);
    }

    [Fact]
    public void Open_OfAnyMixOfCiphersAndKeys_GivesTheValues()
    {
        var aes = CodecSome.Codec(EnvelopeCipher.Aes256Gcm);
        var salsa = CodecSome.Codec(EnvelopeCipher.XSalsa20Poly1305);
        using var older = CodecSome.DataKey(1);
        using var newer = CodecSome.DataKey(2);

        foreach (var sealing in new[] { aes, salsa })
        {
            foreach (var key in new[] { older, newer })
            {
                var envelope = sealing.Seal(CodecSome.Session, CodecSome.Key, key, [1, 2, 3]);
                foreach (var opening in new[] { aes, salsa })
                    Assert.Equal([1, 2, 3], opening.Open(CodecSome.Session, CodecSome.Key, [newer, older], envelope).ToArray());
            }
        }
    }

    [Fact]
    public void Seal_AboveTheLimit_IsRefused()
    {
        var codec = CodecSome.Codec(EnvelopeCipher.Aes256Gcm);
        using var key = CodecSome.DataKey();

        var error = Assert.Throws<InvalidAuthInputException>(
            () => codec.Seal(CodecSome.Session, CodecSome.Key, key, new byte[AuthLimits.MaxValueBytes + 1]));

        Assert.Equal((AuthInputPart.Value, AuthInputFault.TooLong), (error.Part, error.Fault));
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void Seal_OfTheSameValue_NeverGivesTheSameEnvelope(EnvelopeCipher cipher)
    {
        var codec = CodecSome.Codec(cipher);
        using var key = CodecSome.DataKey();

        var envelopes = Enumerable.Range(0, 1000).Select(_ => Convert.ToHexString(codec.Seal(CodecSome.Session, CodecSome.Key, key, [1, 2, 3])));

        Assert.Equal(1000, envelopes.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void Open_WithLongNames_GivesTheValue(EnvelopeCipher cipher)
    {
        var codec = CodecSome.Codec(cipher);
        using var key = CodecSome.DataKey();
        var session = new AuthSessionId(new string('a', 1024), new string('ã', 512));
        var record = new AuthKey(new string('…', 341), string.Concat(Enumerable.Repeat("😀", 256)));

        var envelope = codec.Seal(session, record, key, [1, 2, 3]);

        Assert.Equal([1, 2, 3], codec.Open(session, record, [key], envelope).ToArray());
        Assert.Equal(EnvelopeFault.NotAuthentic, codec.TryOpen(CodecSome.Session, record, [key], envelope, out _));
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void SealAndOpen_OfASmallValue_AllocateOnlyTheResult(EnvelopeCipher cipher)
    {
        var codec = CodecSome.Codec(cipher);
        using var key = CodecSome.DataKey();
        DataKey[] keys = [key];
        var value = CodecSome.Noise(256);
        var envelope = codec.Seal(CodecSome.Session, CodecSome.Key, key, value);

        Assert.Equal(CodecSome.Allocated(() => new byte[envelope.Length]), CodecSome.Allocated(() => codec.Seal(CodecSome.Session, CodecSome.Key, key, value)));
        Assert.Equal(CodecSome.Allocated(() => new byte[value.Length]), CodecSome.Allocated(() => codec.Open(CodecSome.Session, CodecSome.Key, keys, envelope).Length));
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void SealAndOpen_OfACompressedValue_AllocateOnlyTheResult(EnvelopeCipher cipher)
    {
        var codec = CodecSome.Codec(cipher);
        using var key = CodecSome.DataKey();
        DataKey[] keys = [key];
        var value = CodecSome.Json(2048);
        var envelope = codec.Seal(CodecSome.Session, CodecSome.Key, key, value);

        Assert.Equal(CodecSome.Allocated(() => new byte[envelope.Length]), CodecSome.Allocated(() => codec.Seal(CodecSome.Session, CodecSome.Key, key, value)));
        Assert.Equal(CodecSome.Allocated(() => new byte[value.Length]), CodecSome.Allocated(() => codec.Open(CodecSome.Session, CodecSome.Key, keys, envelope).Length));
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void SealAndOpen_OfWhatDoesNotCompress_AllocateOnlyTheResult(EnvelopeCipher cipher)
    {
        var codec = CodecSome.Codec(cipher);
        using var key = CodecSome.DataKey();
        DataKey[] keys = [key];
        var value = CodecSome.Noise(2048);
        var envelope = codec.Seal(CodecSome.Session, CodecSome.Key, key, value);

        Assert.Equal(CodecSome.Allocated(() => new byte[envelope.Length]), CodecSome.Allocated(() => codec.Seal(CodecSome.Session, CodecSome.Key, key, value)));
        Assert.Equal(CodecSome.Allocated(() => new byte[value.Length]), CodecSome.Allocated(() => codec.Open(CodecSome.Session, CodecSome.Key, keys, envelope).Length));
    }

    // Names of this length don't fit into the buffers on the stack.
    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void SealAndOpen_WithLongNames_AllocateOnlyTheResult(EnvelopeCipher cipher)
    {
        var codec = CodecSome.Codec(cipher);
        using var key = CodecSome.DataKey();
        DataKey[] keys = [key];
        var record = new AuthKey(new string('t', 1024), new string('i', 1024));
        var value = CodecSome.Noise(256);
        var envelope = codec.Seal(CodecSome.LongNames, record, key, value);

        Assert.Equal(CodecSome.Allocated(() => new byte[envelope.Length]), CodecSome.Allocated(() => codec.Seal(CodecSome.LongNames, record, key, value)));
        Assert.Equal(CodecSome.Allocated(() => new byte[value.Length]), CodecSome.Allocated(() => codec.Open(CodecSome.LongNames, record, keys, envelope).Length));
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void Open_OfAnEmptyValue_AllocatesNothing(EnvelopeCipher cipher)
    {
        var codec = CodecSome.Codec(cipher);
        using var key = CodecSome.DataKey();
        DataKey[] keys = [key];
        var envelope = codec.Seal(CodecSome.Session, CodecSome.Key, key, []);

        Assert.Equal(0, CodecSome.Allocated(() => codec.Open(CodecSome.Session, CodecSome.Key, keys, envelope).Length));
    }

    [Fact]
    public void Knows_OfAnEnvelope_IsWhetherItsKeyIsAmongThem()
    {
        var codec = CodecSome.Codec(EnvelopeCipher.Aes256Gcm);
        using var key = CodecSome.DataKey(1);
        using var other = CodecSome.DataKey(2);
        var envelope = codec.Seal(CodecSome.Session, CodecSome.Key, key, [1, 2, 3]);

        Assert.True(EnvelopeCodec.Knows([other, key], envelope));
        Assert.False(EnvelopeCodec.Knows([other], envelope));
        Assert.False(EnvelopeCodec.Knows([], envelope));
    }

    // Reading the keys once more would not help it.
    [Fact]
    public void Knows_OfWhatNamesNoKey_IsTrue()
    {
        using var key = CodecSome.DataKey();

        Assert.True(EnvelopeCodec.Knows([key], []));
        Assert.True(EnvelopeCodec.Knows([], "{\"registered\":true}"u8));
    }

    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public async Task SealAndOpen_FromManyThreadsWithOneKey_GiveTheValues(EnvelopeCipher cipher)
    {
        var codec = CodecSome.Codec(cipher);
        using var key = CodecSome.DataKey();
        DataKey[] keys = [key];

        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                var value = CodecSome.Noise((thread * 37) + (i % 300));
                var envelope = codec.Seal(CodecSome.Session, CodecSome.Key, key, value);
                Assert.True(codec.Open(CodecSome.Session, CodecSome.Key, keys, envelope).Span.SequenceEqual(value));
            }
        })));
    }

    [Fact]
    public void Constructor_WithACipherThatIsNotHere_SaysWhatToDo()
    {
        var error = Assert.Throws<StoreUnusableException>(() => new EnvelopeCodec(new EnvelopeCodecOptions { Cipher = (EnvelopeCipher)99 }));

        Assert.Equal(("codec", StoreUnusableReason.MissingDependency), (error.Tier, error.Reason));
        Assert.Contains("Encryption:Cipher", error.Message, StringComparison.Ordinal);
    }
}
