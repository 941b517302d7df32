using System.Buffers;
using System.Runtime.CompilerServices;

namespace HybridStore.Codec;

/// <summary>Seals values into envelopes, and opens them: nothing leaves the process unsealed, and an envelope opens only in its place.</summary>
/// <remarks>
/// An envelope of format 1, integers big-endian (docs/envelope.md):
/// <code>
/// 0   2   magic 'H' 'S'
/// 2   1   format version: 1
/// 3   1   cipher
/// 4   1   compression: 0 none, 1 Brotli
/// 5   8   data key id
/// 13  n   nonce: as long as the cipher's, 12 or 24
/// ..  m   box: 16 bytes more than the contents
/// </code>
/// The contents are the value, or, compressed, its length in 4 bytes and then the Brotli stream.
/// The box is bound to "HybridStore/envelope", bytes 0 to 12, tenant, session, type and id.
/// </remarks>
internal sealed class EnvelopeCodec
{
    private readonly CipherSet _ciphers;
    private readonly Cipher _cipher;
    private readonly int _compressionThreshold;
    private readonly NonceFill _nonces;

    /// <param name="options">How to seal.</param>
    /// <exception cref="StoreUnusableException">The cipher to seal with is not available on this machine.</exception>
    public EnvelopeCodec(EnvelopeCodecOptions options)
        : this(options, NonceSource.Fill)
    {
    }

    internal EnvelopeCodec(EnvelopeCodecOptions options, NonceFill nonces)
    {
        _ciphers = options.Ciphers;
        _cipher = _ciphers.ForSealing(options.Cipher);
        _compressionThreshold = options.CompressionThreshold < 0 ? int.MaxValue : options.CompressionThreshold;
        _nonces = nonces;
    }

    /// <summary>The cipher that seals.</summary>
    public Cipher Cipher => _cipher;

    /// <summary>Whether keys hold the one that an envelope names. An envelope that names none is no matter of keys.</summary>
    public static bool Knows(IReadOnlyList<DataKey> keys, ReadOnlySpan<byte> envelope) =>
        EnvelopeHeader.TryRead(envelope, out var header) is not null || Find(keys, header.DataKeyId) is not null;

    /// <summary>Seals a value.</summary>
    /// <param name="session">The session it belongs to.</param>
    /// <param name="key">The record it belongs to.</param>
    /// <param name="dataKey">The session's data key.</param>
    /// <param name="value">0 to 8 MiB.</param>
    /// <returns>The envelope.</returns>
    /// <exception cref="InvalidAuthInputException">The value is too long.</exception>
    public byte[] Seal(AuthSessionId session, AuthKey key, DataKey dataKey, ReadOnlySpan<byte> value)
    {
        if (value.Length > AuthLimits.MaxValueBytes)
        {
            throw new InvalidAuthInputException(
                AuthInputPart.Value,
                AuthInputFault.TooLong,
                $"The value of {key} of session {session} has {value.Length} bytes; the most is {AuthLimits.MaxValueBytes}.");
        }

        if (value.Length < _compressionThreshold || !ValueCompressor.TryCompress(value, out var compressed, out var length))
            return Seal(session, key, dataKey, EnvelopeCompression.None, value);
        try
        {
            return Seal(session, key, dataKey, EnvelopeCompression.Brotli, compressed.AsSpan(0, length));
        }
        finally
        {
            ValueCompressor.Return(compressed, length);
        }
    }

    /// <summary>Seals bytes that are no value, such as an envelope with what is to be said of it: of any length, and not compressed.</summary>
    public byte[] SealAsItIs(AuthSessionId session, AuthKey key, DataKey dataKey, ReadOnlySpan<byte> contents) =>
        Seal(session, key, dataKey, EnvelopeCompression.None, contents);

    /// <summary>Opens an envelope.</summary>
    /// <param name="session">The session it was read from.</param>
    /// <param name="key">The record it was read from.</param>
    /// <param name="keys">The session's data keys.</param>
    /// <param name="envelope">The envelope.</param>
    /// <returns>The value, in memory of its own.</returns>
    /// <exception cref="EnvelopeException">It did not open; <see cref="EnvelopeException.Fault"/> says why.</exception>
    /// <exception cref="StoreUnusableException">It is sealed with a cipher that lacks something on this machine.</exception>
    public ReadOnlyMemory<byte> Open(AuthSessionId session, AuthKey key, IReadOnlyList<DataKey> keys, ReadOnlySpan<byte> envelope) =>
        TryOpen(session, key, keys, envelope, out var value) is { } fault ? throw new EnvelopeException(session, key, fault) : value;

    /// <summary>Opens an envelope, or says why not. No bytes make it throw.</summary>
    /// <param name="session">The session it was read from.</param>
    /// <param name="key">The record it was read from.</param>
    /// <param name="keys">The session's data keys.</param>
    /// <param name="envelope">The envelope.</param>
    /// <param name="value">The value, in memory of its own; or empty.</param>
    /// <returns>Why it did not open, or <see langword="null"/> if it did.</returns>
    /// <exception cref="StoreUnusableException">It is sealed with a cipher that lacks something on this machine.</exception>
    public EnvelopeFault? TryOpen(
        AuthSessionId session, AuthKey key, IReadOnlyList<DataKey> keys, ReadOnlySpan<byte> envelope, out ReadOnlyMemory<byte> value)
    {
        value = default;
        if (EnvelopeHeader.TryRead(envelope, out var header) is { } fault)
            return fault;
        if (_ciphers.Find(header.Cipher) is not { } cipher)
            return EnvelopeFault.UnknownCipher;
        if (header.Compression is not (EnvelopeCompression.None or EnvelopeCompression.Brotli))
            return EnvelopeFault.UnknownCompression;
        var length = envelope.Length - EnvelopeHeader.Size - cipher.NonceSize - cipher.TagSize;
        if (length < 0)
            return EnvelopeFault.Truncated;
        if (Find(keys, header.DataKeyId) is not { } dataKey)
            return EnvelopeFault.UnknownKey;

        return header.Compression == EnvelopeCompression.None
            ? OpenPlain(session, key, dataKey, cipher, envelope, length, out value)
            : OpenCompressed(session, key, dataKey, cipher, envelope, length, out value);
    }

    private static EnvelopeFault? OpenPlain(
        AuthSessionId session, AuthKey key, DataKey dataKey, Cipher cipher, ReadOnlySpan<byte> envelope, int length, out ReadOnlyMemory<byte> value)
    {
        var contents = length == 0 ? [] : GC.AllocateUninitializedArray<byte>(length);
        var authentic = TryDecrypt(session, key, dataKey, cipher, envelope, contents);
        value = authentic ? contents : default(ReadOnlyMemory<byte>);
        return authentic ? null : EnvelopeFault.NotAuthentic;
    }

    private static EnvelopeFault? OpenCompressed(
        AuthSessionId session, AuthKey key, DataKey dataKey, Cipher cipher, ReadOnlySpan<byte> envelope, int length, out ReadOnlyMemory<byte> value)
    {
        value = default;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var contents = rented.AsSpan(0, length);
            if (!TryDecrypt(session, key, dataKey, cipher, envelope, contents))
                return EnvelopeFault.NotAuthentic;
            if (!ValueCompressor.TryDecompress(contents, out var decompressed))
                return EnvelopeFault.NotDecompressible;
            value = decompressed;
            return null;
        }
        finally
        {
            ValueCompressor.Return(rented, length);
        }
    }

    [SkipLocalsInit]
    private static bool TryDecrypt(
        AuthSessionId session, AuthKey key, DataKey dataKey, Cipher cipher, ReadOnlySpan<byte> envelope, Span<byte> contents)
    {
        var binding = new BindingWriter(stackalloc byte[BindingWriter.StackSize]);
        try
        {
            Bind(ref binding, envelope, session, key);
            var nonce = envelope.Slice(EnvelopeHeader.Size, cipher.NonceSize);
            var box = envelope[(EnvelopeHeader.Size + cipher.NonceSize)..];
            return dataKey.Material.TryOpen(cipher, nonce, binding.Written, box, contents);
        }
        finally
        {
            binding.Dispose();
        }
    }

    private static void Bind(ref BindingWriter binding, ReadOnlySpan<byte> envelope, AuthSessionId session, AuthKey key)
    {
        binding.Add("HybridStore/envelope"u8);
        binding.Add(envelope[..EnvelopeHeader.Size]);
        binding.AddName(session.Tenant);
        binding.AddName(session.Session);
        binding.AddName(key.Type);
        binding.AddName(key.Id);
    }

    private static DataKey? Find(IReadOnlyList<DataKey> keys, DataKeyId id)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            if (keys[i].Id == id)
                return keys[i];
        }

        return null;
    }

    [SkipLocalsInit]
    private byte[] Seal(AuthSessionId session, AuthKey key, DataKey dataKey, EnvelopeCompression compression, ReadOnlySpan<byte> contents)
    {
        var envelope = GC.AllocateUninitializedArray<byte>(EnvelopeHeader.Size + _cipher.NonceSize + _cipher.TagSize + contents.Length);
        new EnvelopeHeader(EnvelopeHeader.CurrentFormat, _cipher.Id, compression, dataKey.Id).Write(envelope);
        var nonce = envelope.AsSpan(EnvelopeHeader.Size, _cipher.NonceSize);
        _nonces(nonce);
        var binding = new BindingWriter(stackalloc byte[BindingWriter.StackSize]);
        try
        {
            Bind(ref binding, envelope, session, key);
            dataKey.Material.Seal(_cipher, nonce, binding.Written, contents, envelope.AsSpan(EnvelopeHeader.Size + nonce.Length));
            dataKey.CountSeal();
            return envelope;
        }
        finally
        {
            binding.Dispose();
        }
    }
}
