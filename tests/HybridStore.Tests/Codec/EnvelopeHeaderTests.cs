using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

public class EnvelopeHeaderTests
{
    [Theory]
    [MemberData(nameof(CodecSome.Ciphers), MemberType = typeof(CodecSome))]
    public void TryRead_OfAnEnvelope_DescribesItWithoutAKey(EnvelopeCipher cipher)
    {
        using var key = CodecSome.DataKey(0xfeed);
        var envelope = CodecSome.Codec(cipher).Seal(CodecSome.Session, CodecSome.Key, key, CodecSome.Json(1000));

        Assert.Null(EnvelopeHeader.TryRead(envelope, out var header));

        Assert.Equal(new EnvelopeHeader(1, cipher, EnvelopeCompression.Brotli, new DataKeyId(0xfeed)), header);
    }

    [Fact]
    public void TryRead_OfAHeaderAlone_DescribesIt()
    {
        var bytes = new byte[EnvelopeHeader.Size];
        var written = new EnvelopeHeader(1, (EnvelopeCipher)200, (EnvelopeCompression)7, new DataKeyId(ulong.MaxValue));
        written.Write(bytes);

        Assert.Null(EnvelopeHeader.TryRead(bytes, out var read));

        Assert.Equal(written, read);
        Assert.Equal("4853" + "01" + "c8" + "07" + "ffffffffffffffff", Convert.ToHexStringLower(bytes));
    }

    [Fact]
    public void TryRead_OfAnyBytes_NeverThrows()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            if (EnvelopeHeader.TryRead(bytes, out var header) is not null)
                Assert.Equal(default, header);
        }
    }
}
