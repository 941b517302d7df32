using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using HybridStore.Codec;

namespace HybridStore.Benchmarks;

/// <summary>
/// What wrapping a data key under another master key costs beside the two raw primitives that it consists of, opening 32 bytes and sealing them, which are given the binding ready-made
/// and write nonce and box into a new array.
/// </summary>
[Config(typeof(InMemoryProfile))]
public class RewrapBenchmarks
{
    private const int Nonce = 12;
    private const int Tag = 16;
    private static readonly AuthSessionId Session = new("clinic-7", "reception");

    private readonly byte[] _binding = RandomNumberGenerator.GetBytes(16 + 12 + 8 + 8 + (2 * 4) + 8 + 9);
    private readonly AesGcm _oldAes = new(RandomNumberGenerator.GetBytes(32), Tag);
    private readonly AesGcm _newAes = new(RandomNumberGenerator.GetBytes(32), Tag);
    private byte[] _raw = [];
    private DataKeyWrapper _wrapper = null!;
    private WrappedDataKey _wrapped = null!;

    /// <summary>Makes the keys.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var (old, active) = (MasterKey.Generate(), MasterKey.Generate());
        var keys = new MasterKeySet(active, [old]);
        _wrapper = new DataKeyWrapper(() => keys, EnvelopeCipher.Aes256Gcm, CipherSet.BuiltIn, NonceSource.Fill);
        (_, _wrapped) = new DataKeyWrapper(old, EnvelopeCipher.Aes256Gcm).Create(Session, 1);
        _raw = Seal(_oldAes, RandomNumberGenerator.GetBytes(32));
    }

    /// <summary>The floor.</summary>
    [Benchmark(Baseline = true)]
    [BenchmarkCategory("rewrap")]
    public byte[] RawOpenAndSeal()
    {
        Span<byte> key = stackalloc byte[32];
        _oldAes.Decrypt(_raw.AsSpan(0, Nonce), _raw.AsSpan(Nonce, 32), _raw.AsSpan(Nonce + 32), key, _binding);
        return Seal(_newAes, key);
    }

    /// <summary>The codec.</summary>
    [Benchmark]
    [BenchmarkCategory("rewrap")]
    public WrappedDataKey Rewrap() => _wrapper.Rewrap(Session, 1, _wrapped);

    private byte[] Seal(AesGcm aes, ReadOnlySpan<byte> key)
    {
        var sealedKey = new byte[Nonce + 32 + Tag];
        RandomNumberGenerator.Fill(sealedKey.AsSpan(0, Nonce));
        aes.Encrypt(sealedKey.AsSpan(0, Nonce), key, sealedKey.AsSpan(Nonce, 32), sealedKey.AsSpan(Nonce + 32), _binding);
        return sealedKey;
    }
}
