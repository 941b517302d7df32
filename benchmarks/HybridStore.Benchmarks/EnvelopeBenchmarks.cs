using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using HybridStore.Codec;

namespace HybridStore.Benchmarks;

/// <summary>
/// What sealing and opening 256 bytes, and 4 KiB that are not compressed, costs beside the raw primitive, which is given the binding ready-made and writes nonce and box into a new array.
/// AES-GCM takes the binding as associated data; secretbox has none, so that its key is hashed with it, as in the envelope.
/// </summary>
[Config(typeof(InMemoryProfile))]
public class EnvelopeBenchmarks
{
    private const int Tag = 16;
    private static readonly AuthSessionId Session = new("clinic-7", "reception");
    private static readonly AuthKey Record = new("session", "5511999990000.0");

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private byte[] _value = [];
    private readonly byte[] _binding = RandomNumberGenerator.GetBytes(20 + 13 + (4 * 4) + 8 + 9 + 7 + 15);
    private DataKey[] _keys = [];
    private AesGcm _aes = null!;
    private ChaCha20Poly1305 _chaCha = null!;
    private EnvelopeCodec _codec = null!;
    private byte[] _envelope = [];
    private byte[] _rawEnvelope = [];

    /// <summary>The cipher.</summary>
    [Params(EnvelopeCipher.Aes256Gcm, EnvelopeCipher.XSalsa20Poly1305, EnvelopeCipher.ChaCha20Poly1305)]
    public EnvelopeCipher Cipher { get; set; }

    /// <summary>How many bytes are sealed.</summary>
    [Params(256, 4096)]
    public int Size { get; set; } = 256;

    private int Nonce => Cipher == EnvelopeCipher.XSalsa20Poly1305 ? 24 : 12;

    /// <summary>Takes the keys into use.</summary>
    [GlobalSetup]
    public void Setup()
    {
        LibSodium.EnsureAvailable();
        _value = RandomNumberGenerator.GetBytes(Size);
        _keys = [new DataKey(new DataKeyId(1), _key)];
        _aes = new AesGcm(_key, Tag);
        _chaCha = new ChaCha20Poly1305(_key);
        _codec = new EnvelopeCodec(new EnvelopeCodecOptions { Cipher = Cipher, CompressionThreshold = -1 });
        _envelope = Seal();
        _rawEnvelope = RawSeal();
    }

    /// <summary>The floor of a seal, with a nonce from the platform's generator.</summary>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory("seal")]
    public byte[] RawSeal()
    {
        var envelope = new byte[Nonce + _value.Length + Tag];
        RandomNumberGenerator.Fill(envelope.AsSpan(0, Nonce));
        RawSeal(envelope);
        return envelope;
    }

    /// <summary>The same with a nonce that costs nothing: less than a seal can do with.</summary>
    [Benchmark]
    [BenchmarkCategory("seal")]
    public byte[] RawSealWithoutDrawingANonce()
    {
        var envelope = new byte[Nonce + _value.Length + Tag];
        RawSeal(envelope);
        return envelope;
    }

    /// <summary>The codec.</summary>
    [Benchmark]
    [BenchmarkCategory("seal")]
    public byte[] Seal() => _codec.Seal(Session, Record, _keys[0], _value);

    /// <summary>The floor of opening.</summary>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory("open")]
    public byte[] RawOpen() => RawOpen(_rawEnvelope);

    /// <summary>The codec.</summary>
    [Benchmark]
    [BenchmarkCategory("open")]
    public ReadOnlyMemory<byte> Open() => _codec.Open(Session, Record, _keys, _envelope);

    /// <summary>The floor of both.</summary>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory("both")]
    public byte[] RawSealAndOpen() => RawOpen(RawSeal());

    /// <summary>The codec.</summary>
    [Benchmark]
    [BenchmarkCategory("both")]
    public ReadOnlyMemory<byte> SealAndOpen() => _codec.Open(Session, Record, _keys, Seal());

    private void RawSeal(byte[] envelope)
    {
        var nonce = envelope.AsSpan(0, Nonce);
        var box = envelope.AsSpan(Nonce);
        if (Cipher == EnvelopeCipher.Aes256Gcm)
        {
            _aes.Encrypt(nonce, _value, box[..^Tag], box[^Tag..], _binding);
            return;
        }

        if (Cipher == EnvelopeCipher.ChaCha20Poly1305)
        {
            _chaCha.Encrypt(nonce, _value, box[..^Tag], box[^Tag..], _binding);
            return;
        }

        Span<byte> boxKey = stackalloc byte[32];
        LibSodium.KeyedHash(_key, _binding, boxKey);
        LibSodium.SecretBox(boxKey, nonce, _value, box);
    }

    private byte[] RawOpen(byte[] envelope)
    {
        var value = new byte[_value.Length];
        var nonce = envelope.AsSpan(0, Nonce);
        var box = envelope.AsSpan(Nonce);
        if (Cipher == EnvelopeCipher.Aes256Gcm)
        {
            _aes.Decrypt(nonce, box[..^Tag], box[^Tag..], value, _binding);
            return value;
        }

        if (Cipher == EnvelopeCipher.ChaCha20Poly1305)
        {
            _chaCha.Decrypt(nonce, box[..^Tag], box[^Tag..], value, _binding);
            return value;
        }

        Span<byte> boxKey = stackalloc byte[32];
        LibSodium.KeyedHash(_key, _binding, boxKey);
        return LibSodium.TryOpenSecretBox(boxKey, nonce, box, value) ? value : throw new CryptographicException();
    }
}
