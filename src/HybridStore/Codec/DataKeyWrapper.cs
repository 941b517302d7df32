using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace HybridStore.Codec;

/// <summary>Makes the data keys of sessions, and wraps them under a master key so that tiers can keep them.</summary>
/// <remarks>
/// A wrapped key of format 1, integers big-endian (docs/envelope.md):
/// <code>
/// 0   2   magic 'H' 'K'
/// 2   1   format version: 1
/// 3   1   cipher
/// 4   8   master key id
/// 12  n   nonce: as long as the cipher's, 12 or 24
/// ..  48  box of the 32 bytes of the data key
/// </code>
/// The box is bound to "HybridStore/wrap", bytes 0 to 11, the data key's id, the incarnation, tenant and session.
/// </remarks>
internal sealed class DataKeyWrapper
{
    private const byte Format = 1;
    private const int HeaderSize = 12;

    private readonly Func<MasterKeySet> _masterKeys;
    private readonly CipherSet _ciphers;
    private readonly Cipher _cipher;
    private readonly NonceFill _nonces;

    /// <param name="masterKey">The master key, which stays the caller's.</param>
    /// <param name="cipher">How to wrap. Keys wrapped otherwise are unwrapped all the same.</param>
    /// <param name="ciphers">The ciphers there are; <see langword="null"/>: those of the core.</param>
    /// <exception cref="StoreUnusableException">The cipher is not available on this machine.</exception>
    public DataKeyWrapper(MasterKey masterKey, EnvelopeCipher cipher, CipherSet? ciphers = null)
        : this(masterKey, cipher, ciphers ?? CipherSet.BuiltIn, NonceSource.Fill)
    {
    }

    internal DataKeyWrapper(MasterKey masterKey, EnvelopeCipher cipher, CipherSet ciphers, NonceFill nonces)
        : this(Only(masterKey), cipher, ciphers, nonces)
    {
    }

    /// <param name="masterKeys">Gives the master keys as they are now.</param>
    /// <param name="cipher">How to wrap.</param>
    /// <param name="ciphers">The ciphers there are.</param>
    /// <param name="nonces">Where nonces come from.</param>
    internal DataKeyWrapper(Func<MasterKeySet> masterKeys, EnvelopeCipher cipher, CipherSet ciphers, NonceFill nonces)
    {
        _masterKeys = masterKeys;
        _ciphers = ciphers;
        _cipher = ciphers.ForSealing(cipher);
        _nonces = nonces;
    }

    private static ReadOnlySpan<byte> Magic => "HK"u8;

    /// <summary>Which master key a wrapped key names; <see langword="null"/>: it is damaged, or of a format that this version does not know.</summary>
    public static ulong? MasterKeyOf(WrappedDataKey wrapped)
    {
        var blob = wrapped.Bytes.Span;
        return blob.Length >= HeaderSize && blob.StartsWith(Magic) && blob[2] == Format ? BinaryPrimitives.ReadUInt64BigEndian(blob[4..]) : null;
    }

    /// <summary>Makes a data key for a life of a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="incarnation">The life of it that the key belongs to.</param>
    /// <returns>The key, which the caller disposes, and what to keep of it.</returns>
    public (DataKey Key, WrappedDataKey Wrapped) Create(AuthSessionId session, long incarnation)
    {
        Span<byte> bytes = stackalloc byte[KeyMaterial.Size];
        RandomNumberGenerator.Fill(bytes);
        try
        {
            var key = new DataKey(NewId(), bytes);
            return (key, Wrap(session, incarnation, key));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Wraps a data key that exists, as <see cref="Create"/> does a new one.</summary>
    [SkipLocalsInit]
    public WrappedDataKey Wrap(AuthSessionId session, long incarnation, DataKey key)
    {
        Span<byte> bytes = stackalloc byte[KeyMaterial.Size];
        try
        {
            key.Material.CopyTo(bytes);
            return Wrap(session, incarnation, key.Id, bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Opens a wrapped data key, also one under a revoked master key, and wraps it under the active one.</summary>
    /// <inheritdoc cref="Unwrap"/>
    /// <returns>What to keep in its place.</returns>
    [SkipLocalsInit]
    public WrappedDataKey Rewrap(AuthSessionId session, long incarnation, WrappedDataKey wrapped)
    {
        Span<byte> bytes = stackalloc byte[KeyMaterial.Size];
        try
        {
            Open(session, incarnation, wrapped, revokedToo: true, bytes);
            return Wrap(session, incarnation, wrapped.Id, bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    [SkipLocalsInit]
    private WrappedDataKey Wrap(AuthSessionId session, long incarnation, DataKeyId id, ReadOnlySpan<byte> bytes)
    {
        var wrapped = new byte[HeaderSize + _cipher.NonceSize + KeyMaterial.Size + _cipher.TagSize];
        Magic.CopyTo(wrapped);
        wrapped[2] = Format;
        wrapped[3] = (byte)_cipher.Id;
        var masterKey = _masterKeys().Active;
        BinaryPrimitives.WriteUInt64BigEndian(wrapped.AsSpan(4), masterKey.Fingerprint);
        var nonce = wrapped.AsSpan(HeaderSize, _cipher.NonceSize);
        _nonces(nonce);

        var binding = new BindingWriter(stackalloc byte[BindingWriter.StackSize]);
        try
        {
            Bind(ref binding, wrapped, id, session, incarnation);
            masterKey.Material.Seal(_cipher, nonce, binding.Written, bytes, wrapped.AsSpan(HeaderSize + nonce.Length));
            return new WrappedDataKey(id, wrapped);
        }
        finally
        {
            binding.Dispose();
        }
    }

    /// <summary>Opens a wrapped data key.</summary>
    /// <param name="session">The session that it was made for.</param>
    /// <param name="incarnation">The life of it that it was made for.</param>
    /// <param name="wrapped">What was kept of it.</param>
    /// <returns>The key, which the caller disposes.</returns>
    /// <exception cref="MasterKeyException">It was wrapped under another master key, or a revoked one, or it is damaged, moved or not a wrapped key.</exception>
    [SkipLocalsInit]
    public DataKey Unwrap(AuthSessionId session, long incarnation, WrappedDataKey wrapped)
    {
        Span<byte> bytes = stackalloc byte[KeyMaterial.Size];
        try
        {
            Open(session, incarnation, wrapped, revokedToo: false, bytes);
            return new DataKey(wrapped.Id, bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    [SkipLocalsInit]
    private void Open(AuthSessionId session, long incarnation, WrappedDataKey wrapped, bool revokedToo, Span<byte> bytes)
    {
        var blob = wrapped.Bytes.Span;
        if (blob.Length < HeaderSize || !blob.StartsWith(Magic) || blob[2] == 0)
            throw Damaged(session, wrapped.Id, "is not a wrapped key.");
        if (blob[2] != Format)
            throw Damaged(session, wrapped.Id, "has a format from a newer version of the library.");

        // Which master key comes before anything that only the right one could tell.
        var fingerprint = BinaryPrimitives.ReadUInt64BigEndian(blob[4..]);
        var masterKeys = _masterKeys();
        if (!revokedToo && masterKeys.IsRevoked(fingerprint))
            throw Revoked(session, fingerprint);
        if (masterKeys.Find(fingerprint) is not { } masterKey)
            throw Wrong(session, fingerprint, masterKeys);
        if (_ciphers.Find((EnvelopeCipher)blob[3]) is not { } cipher)
            throw Damaged(session, wrapped.Id, $"names the cipher {blob[3]}, which is not available here.");
        if (blob.Length != HeaderSize + cipher.NonceSize + KeyMaterial.Size + cipher.TagSize)
            throw Damaged(session, wrapped.Id, "has the wrong size.");

        var binding = new BindingWriter(stackalloc byte[BindingWriter.StackSize]);
        try
        {
            Bind(ref binding, blob, wrapped.Id, session, incarnation);
            var nonce = blob.Slice(HeaderSize, cipher.NonceSize);
            if (!masterKey.Material.TryOpen(cipher, nonce, binding.Written, blob[(HeaderSize + cipher.NonceSize)..], bytes))
                throw Damaged(session, wrapped.Id, "was changed, or belongs to another session or another life of this one.");
        }
        finally
        {
            binding.Dispose();
        }
    }

    private static void Bind(ref BindingWriter binding, ReadOnlySpan<byte> wrapped, DataKeyId id, AuthSessionId session, long incarnation)
    {
        binding.Add("HybridStore/wrap"u8);
        binding.Add(wrapped[..HeaderSize]);
        binding.Add(id.Value);
        binding.Add((ulong)incarnation);
        binding.AddName(session.Tenant);
        binding.AddName(session.Session);
    }

    private static DataKeyId NewId()
    {
        Span<byte> bits = stackalloc byte[DataKeyId.Size];
        DataKeyId id;
        do
        {
            RandomNumberGenerator.Fill(bits);
            id = new DataKeyId(BinaryPrimitives.ReadUInt64BigEndian(bits));
        }
        while (id.IsEmpty);
        return id;
    }

    private static Func<MasterKeySet> Only(MasterKey masterKey)
    {
        var only = new MasterKeySet(masterKey);
        return () => only;
    }

    private static MasterKeyException Wrong(AuthSessionId session, ulong fingerprint, MasterKeySet masterKeys) => new(
        MasterKeyFault.Wrong,
        $"The session {session} was encrypted under the master key {MasterKey.Describe(fingerprint)}; "
        + (masterKeys.All.Count == 1 ? $"the one configured is {masterKeys.Active.Id}. " : $"here are {string.Join(", ", masterKeys.All.Select(static k => k.Id))}. ")
        + "Configure the key that it was encrypted under.")
    {
        Session = session,
    };

    private static MasterKeyException Revoked(AuthSessionId session, ulong fingerprint) => new(
        MasterKeyFault.Revoked,
        $"The data key of session {session} is wrapped under the master key {MasterKey.Describe(fingerprint)}, which was revoked. "
        + "`hybridstore keys rotate` wraps it under the active one.")
    {
        Session = session,
    };

    private static MasterKeyException Damaged(AuthSessionId session, DataKeyId id, string how) =>
        new(MasterKeyFault.WrappedKeyDamaged, $"The wrapped data key {id} of session {session} {how}") { Session = session };
}
