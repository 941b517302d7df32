using System.Security.Cryptography;

namespace HybridStore.Codec;

/// <summary>32 secret bytes, and one cipher object for each algorithm that they were used with.</summary>
/// <remarks>
/// The bytes are in memory that the garbage collector never moves, so that no copy stays behind when they are cleared. They are cleared when the
/// owner has disposed them and the last operation under way has ended: a key that is cleared under an operation would seal with zeros.
/// No algorithm sees the bytes themselves; each gets a key derived for it and for the purpose, so that no key is used in two ways.
/// </remarks>
internal sealed class KeyMaterial : IDisposable
{
    public const int Size = 32;

    private readonly Lock _sync = new();
    private readonly byte[] _bytes = GC.AllocateArray<byte>(Size, pinned: true);
    private readonly byte[] _purpose;
    private KeyedCipher[] _keyed = [];
    private int _users = 1;
    private int _disposed;

    /// <param name="bytes">32 bytes, which are copied.</param>
    /// <param name="purpose">What the keys of ciphers are derived for.</param>
    public KeyMaterial(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> purpose)
    {
        bytes.CopyTo(_bytes);
        _purpose = purpose.ToArray();
    }

    // Who drops a key without disposing of it, because others may be about to use it, has it cleared when nobody can any more.
    ~KeyMaterial() => Clear();

    /// <summary>Whether the owner has disposed of it: nobody can begin to use it any more.</summary>
    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>The bytes themselves, for tests.</summary>
    internal byte[] Bytes => _bytes;

    /// <summary>Derives bytes from which the key can't be found (HKDF-SHA256).</summary>
    public void Derive(ReadOnlySpan<byte> info, Span<byte> derived)
    {
        Enter();
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, _bytes, derived, salt: default, info);
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Copies the key itself, to wrap or show it.</summary>
    public void CopyTo(Span<byte> destination)
    {
        Enter();
        try
        {
            _bytes.CopyTo(destination);
        }
        finally
        {
            Exit();
        }
    }

    /// <inheritdoc cref="KeyedCipher.Seal"/>
    public void Seal(Cipher cipher, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> plaintext, Span<byte> box)
    {
        Enter();
        try
        {
            For(cipher).Seal(nonce, binding, plaintext, box);
        }
        finally
        {
            Exit();
        }
    }

    /// <inheritdoc cref="KeyedCipher.TryOpen"/>
    public bool TryOpen(Cipher cipher, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> box, Span<byte> plaintext)
    {
        Enter();
        try
        {
            return For(cipher).TryOpen(nonce, binding, box, plaintext);
        }
        finally
        {
            Exit();
        }
    }

#pragma warning disable CA1816
    public void Dispose()
#pragma warning restore CA1816
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            Exit();
    }

    private KeyedCipher For(Cipher cipher)
    {
        foreach (var keyed in Volatile.Read(ref _keyed))
        {
            if (ReferenceEquals(keyed.Cipher, cipher))
                return keyed;
        }

        return Add(cipher);
    }

    private KeyedCipher Add(Cipher cipher)
    {
        lock (_sync)
        {
            foreach (var known in _keyed)
            {
                if (ReferenceEquals(known.Cipher, cipher))
                    return known;
            }

            Span<byte> derived = stackalloc byte[Size];
            try
            {
                HKDF.DeriveKey(HashAlgorithmName.SHA256, _bytes, derived, salt: default, info: [.. _purpose, (byte)cipher.Id]);
                var keyed = cipher.Key(derived);
                Volatile.Write(ref _keyed, [.. _keyed, keyed]);
                return keyed;
            }
            finally
            {
                CryptographicOperations.ZeroMemory(derived);
            }
        }
    }

    // Counts the owner and every operation under way; whoever brings it to zero clears the key, and nobody enters after that.
    private void Enter()
    {
        var users = Volatile.Read(ref _users);
        while (true)
        {
            ObjectDisposedException.ThrowIf(users == 0 || _disposed != 0, this);
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
                return;
            users = seen;
        }
    }

    private void Exit()
    {
        if (Interlocked.Decrement(ref _users) != 0)
            return;
#pragma warning disable CA1816 // Not before: an operation may be under way when the owner disposes of it.
        GC.SuppressFinalize(this);
#pragma warning restore CA1816
        Clear();
    }

    private void Clear()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        foreach (var keyed in _keyed)
            keyed.Dispose();
    }
}
