using System.Security.Cryptography;
using HybridStore.Codec;

namespace HybridStore.Keys;

/// <summary>Wraps the keys of the ring under the configured master key, by a key that is derived for this and nothing else.</summary>
/// <remarks>A wrapped key: format 1 (1 byte), the id of the master key (8), a nonce (12), and the box of AES-256-GCM, bound to the 9 bytes in front of the nonce.</remarks>
internal sealed class LocalMasterKeyProvider : IMasterKeyProvider, IDisposable
{
    private const byte Format = 1;
    private const int HeaderSize = 1 + sizeof(ulong);
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const int WrappedSize = HeaderSize + NonceSize + MasterKey.Size + TagSize;

    private readonly (ulong Fingerprint, KeyMaterial Material)[] _keys;
    private readonly Cipher _cipher = CipherSet.BuiltIn.ForSealing(EnvelopeCipher.Aes256Gcm);

    /// <param name="keys">The master keys: the first wraps, all unwrap.</param>
    public LocalMasterKeyProvider(IReadOnlyList<MasterKey> keys) => _keys = [.. keys.Select(static k => (k.Fingerprint, Derive(k)))];

    public string Name => "configuration";

    public ValueTask<IReadOnlyList<byte[]>> WrapAsync(IReadOnlyList<ReadOnlyMemory<byte>> keys, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<byte[]>>([.. keys.Select(k => Wrap(k.Span))]);

    public ValueTask<IReadOnlyList<byte[]?>> UnwrapAsync(IReadOnlyList<ReadOnlyMemory<byte>> wrapped, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<byte[]?>>([.. wrapped.Select(w => Unwrap(w.Span))]);

    public void Dispose()
    {
        foreach (var (_, material) in _keys)
            material.Dispose();
    }

    private static KeyMaterial Derive(MasterKey key)
    {
        Span<byte> derived = stackalloc byte[KeyMaterial.Size];
        try
        {
            key.Material.Derive("HybridStore/key-ring"u8, derived);
            return new KeyMaterial(derived, "HybridStore/key-ring"u8);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    private byte[] Wrap(ReadOnlySpan<byte> key)
    {
        var wrapped = new byte[WrappedSize];
        wrapped[0] = Format;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(wrapped.AsSpan(1), _keys[0].Fingerprint);
        var nonce = wrapped.AsSpan(HeaderSize, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        _keys[0].Material.Seal(_cipher, nonce, wrapped.AsSpan(0, HeaderSize), key, wrapped.AsSpan(HeaderSize + NonceSize));
        return wrapped;
    }

    private byte[]? Unwrap(ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length != WrappedSize || wrapped[0] != Format)
            return null;
        var fingerprint = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(wrapped[1..]);
        foreach (var (id, material) in _keys)
        {
            if (id != fingerprint)
                continue;
            var key = GC.AllocateArray<byte>(MasterKey.Size, pinned: true);
            return material.TryOpen(_cipher, wrapped.Slice(HeaderSize, NonceSize), wrapped[..HeaderSize], wrapped[(HeaderSize + NonceSize)..], key) ? key : null;
        }

        return null;
    }
}
