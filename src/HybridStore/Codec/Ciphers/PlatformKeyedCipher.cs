using System.Security.Cryptography;

namespace HybridStore.Codec;

/// <summary>A key of one of the platform's algorithms. A box is the ciphertext, then the tag; the binding is the associated data.</summary>
/// <remarks>
/// The platform's objects set nonce and direction in their one native context on every call, so two threads must never share one; and creating one costs
/// several times what sealing a small record does. A session is rarely used by many threads at once: a few are kept.
/// </remarks>
/// <typeparam name="T">The platform's class.</typeparam>
internal abstract class PlatformKeyedCipher<T> : KeyedCipher
    where T : class, IDisposable
{
    private readonly byte[] _key = GC.AllocateArray<byte>(KeyMaterial.Size, pinned: true);
    private readonly T?[] _idle = new T?[4];

    protected PlatformKeyedCipher(Cipher cipher, ReadOnlySpan<byte> key)
        : base(cipher) => key.CopyTo(_key);

    public sealed override void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> plaintext, Span<byte> box)
    {
        var algorithm = Rent();
        try
        {
            Encrypt(algorithm, nonce, plaintext, box[..plaintext.Length], box[plaintext.Length..], binding);
        }
        finally
        {
            Return(algorithm);
        }
    }

    public sealed override bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> box, Span<byte> plaintext)
    {
        var algorithm = Rent();
        try
        {
            var tag = box.Length - Cipher.TagSize;
            Decrypt(algorithm, nonce, box[..tag], box[tag..], plaintext, binding);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        finally
        {
            Return(algorithm);
        }
    }

    public sealed override void Dispose()
    {
        for (var i = 0; i < _idle.Length; i++)
            Interlocked.Exchange(ref _idle[i], null)?.Dispose();
        CryptographicOperations.ZeroMemory(_key);
    }

    /// <summary>Makes one of the platform's objects.</summary>
    protected abstract T Create(ReadOnlySpan<byte> key);

    protected abstract void Encrypt(T algorithm, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plaintext, Span<byte> ciphertext, Span<byte> tag, ReadOnlySpan<byte> associatedData);

    /// <summary>Throws <see cref="AuthenticationTagMismatchException"/> if the box is not authentic.</summary>
    protected abstract void Decrypt(
        T algorithm, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> ciphertext, ReadOnlySpan<byte> tag, Span<byte> plaintext, ReadOnlySpan<byte> associatedData);

    private T Rent()
    {
        for (var i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is not null && Interlocked.Exchange(ref _idle[i], null) is { } idle)
                return idle;
        }

        return Create(_key);
    }

    private void Return(T used)
    {
        for (var i = 0; i < _idle.Length; i++)
        {
            if (_idle[i] is null && Interlocked.CompareExchange(ref _idle[i], used, null) is null)
                return;
        }

        used.Dispose();
    }
}
