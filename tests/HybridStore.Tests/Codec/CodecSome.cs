using System.Security.Cryptography;
using HybridStore.Codec;

namespace HybridStore.Tests.Codec;

/// <summary>What the codec's tests have in common.</summary>
internal static class CodecSome
{
    public static readonly AuthSessionId Session = new("clinic-7", "reception");

    public static readonly AuthKey Key = new(AuthKeyTypes.Session, "5511999990000.0");

    /// <summary>The longest names that a session may have.</summary>
    public static readonly AuthSessionId LongNames = new(new string('a', 1024), new string('b', 1024));

    /// <summary>Every cipher of the core, as theory data.</summary>
    public static TheoryData<EnvelopeCipher> Ciphers => [EnvelopeCipher.Aes256Gcm, EnvelopeCipher.XSalsa20Poly1305, EnvelopeCipher.ChaCha20Poly1305];

    /// <summary>Skips the test where the machine lacks what the cipher needs.</summary>
    public static void Require(EnvelopeCipher cipher) =>
        Assert.SkipWhen(cipher == EnvelopeCipher.XSalsa20Poly1305 && !LibSodium.IsAvailable, "libsodium is not installed here.");

    public static EnvelopeCodec Codec(EnvelopeCipher cipher, int compressionThreshold = 512)
    {
        Require(cipher);
        return new EnvelopeCodec(new EnvelopeCodecOptions { Cipher = cipher, CompressionThreshold = compressionThreshold });
    }

    public static DataKey DataKey(ulong id = 0x0123_4567_89ab_cdef) => new(new DataKeyId(id), RandomNumberGenerator.GetBytes(32));

    /// <summary>The same bytes on every run, which don't compress.</summary>
    public static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The same text on every run, which compresses as JSON does.</summary>
    public static byte[] Json(int length)
    {
        var bytes = new byte[length];
        var entry = "{\"type\":\"Buffer\",\"data\":\"\"},"u8;
        for (var i = 0; i < length; i++)
            bytes[i] = entry[i % entry.Length];
        return bytes;
    }

    public static DataKey FixedDataKey() => new(new DataKeyId(0x0123_4567_89ab_cdef), Sequence(0));

    public static MasterKey FixedMasterKey() => MasterKey.FromBytes(Sequence(64));

    public static void FixedNonce(Span<byte> nonce)
    {
        for (var i = 0; i < nonce.Length; i++)
            nonce[i] = (byte)(0xa0 + i);
    }

    /// <summary>How many bytes a call allocates when it is not among the first.</summary>
    /// <remarks>The least of many calls: the first ones also pay for nonces, buffers and just-in-time compilation, or use what an earlier call has left.</remarks>
    public static long Allocated<T>(Func<T> call)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 208; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            call();
            if (i >= 8)
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private static byte[] Sequence(byte first) => [.. Enumerable.Range(first, 32).Select(i => (byte)i)];
}
