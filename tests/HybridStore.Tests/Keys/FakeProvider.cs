using System.Security.Cryptography;

namespace HybridStore.Tests.Keys;

/// <summary>A key management service in this process: counts its calls, and fails where a test wants it to.</summary>
internal sealed class FakeProvider : IMasterKeyProvider
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private int _wraps;
    private int _unwraps;

    public int Wraps => Volatile.Read(ref _wraps);

    public int Unwraps => Volatile.Read(ref _unwraps);

    public int Calls => Wraps + Unwraps;

    public Exception? Failure { get; set; }

    /// <summary>Every key that it was given or gave away, in hex.</summary>
    public HashSet<string> Seen { get; } = [];

    /// <summary>What it says to be opened, in place of the keys.</summary>
    public Func<byte[], byte[]?>? OnUnwrap { get; set; }

    public string Name => "fake";

    public ValueTask<IReadOnlyList<byte[]>> WrapAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _wraps);
        return Failure is not null ? throw Failure : ValueTask.FromResult<IReadOnlyList<byte[]>>([.. keys.Select(Wrap)]);
    }

    public ValueTask<IReadOnlyList<byte[]?>> UnwrapAsync(IReadOnlyList<ReadOnlyMemory<byte>> wrapped, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _unwraps);
        return Failure is not null ? throw Failure : ValueTask.FromResult<IReadOnlyList<byte[]?>>([.. wrapped.Select(Unwrap)]);
    }

    private byte[] Wrap(ReadOnlyMemory<byte> key)
    {
        lock (Seen)
            Seen.Add(Convert.ToHexString(key.Span));
        using var aes = new AesGcm(_key, 16);
        var wrapped = new byte[12 + 32 + 16];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, 12));
        aes.Encrypt(wrapped.AsSpan(0, 12), key.Span, wrapped.AsSpan(12, 32), wrapped.AsSpan(44));
        return wrapped;
    }

    private byte[]? Unwrap(ReadOnlyMemory<byte> wrapped)
    {
        using var aes = new AesGcm(_key, 16);
        var key = new byte[32];
        aes.Decrypt(wrapped.Span[..12], wrapped.Span.Slice(12, 32), wrapped.Span[44..], key);
        return OnUnwrap is { } change ? change(key) : key;
    }
}
