namespace HybridStore.Codec;

/// <summary>An algorithm with a key. Any number of threads may use it at once.</summary>
/// <param name="cipher">The algorithm.</param>
public abstract class KeyedCipher(Cipher cipher) : IDisposable
{
    /// <summary>The algorithm.</summary>
    public Cipher Cipher { get; } = cipher;

    /// <summary>Encrypts, and authenticates what was encrypted together with the binding.</summary>
    /// <param name="nonce"><see cref="Cipher.NonceSize"/> bytes, never used with this key before.</param>
    /// <param name="binding">What must be the same when the box is opened; it is not in the box.</param>
    /// <param name="plaintext">What to encrypt.</param>
    /// <param name="box">Where to: <see cref="Cipher.TagSize"/> more bytes than the plaintext.</param>
    public abstract void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> plaintext, Span<byte> box);

    /// <summary>Verifies and decrypts.</summary>
    /// <param name="nonce">The nonce it was sealed with.</param>
    /// <param name="binding">What it was bound to.</param>
    /// <param name="box">The box: at least <see cref="Cipher.TagSize"/> bytes.</param>
    /// <param name="plaintext">Where to: <see cref="Cipher.TagSize"/> fewer bytes than the box. Holds nothing of use when the box is not authentic.</param>
    /// <returns>Whether the box is authentic.</returns>
    public abstract bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> binding, ReadOnlySpan<byte> box, Span<byte> plaintext);

    /// <summary>Clears the key. Nobody is using it any more.</summary>
    public abstract void Dispose();
}
