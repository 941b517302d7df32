using HybridStore.Codec;
using NSec.Cryptography;

namespace HybridStore.NSec;

/// <summary>Authenticated encryption of NSec, which is libsodium's. The binding is its associated data; a box is the ciphertext, then the tag.</summary>
public sealed class NSecCipher : Cipher
{
    private readonly Lazy<AeadAlgorithm> _algorithm;

    // Lazy: to touch an algorithm loads libsodium, which may not be there; that is told where the cipher is used.
    private NSecCipher(EnvelopeCipher id, int nonceSize, int tagSize, Func<AeadAlgorithm> algorithm)
    {
        Id = id;
        NonceSize = nonceSize;
        TagSize = tagSize;
        _algorithm = new Lazy<AeadAlgorithm>(algorithm);
    }

    /// <summary>XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha): a nonce of 24 bytes, a tag of 16. Fast on every processor.</summary>
    public static NSecCipher XChaCha20Poly1305 { get; } =
        new(EnvelopeCipher.XChaCha20Poly1305, nonceSize: 24, tagSize: 16, static () => AeadAlgorithm.XChaCha20Poly1305);

    /// <summary>AEGIS-256 (draft-irtf-cfrg-aegis-aead): a nonce and a tag of 32 bytes. The fastest where AES has instructions of its own, and slow where not.</summary>
    public static NSecCipher Aegis256 { get; } =
        new(EnvelopeCipher.Aegis256, nonceSize: 32, tagSize: 32, static () => AeadAlgorithm.Aegis256);

    /// <inheritdoc/>
    public override EnvelopeCipher Id { get; }

    /// <inheritdoc/>
    public override int NonceSize { get; }

    /// <inheritdoc/>
    public override int TagSize { get; }

    /// <inheritdoc/>
    public override void EnsureAvailable() => _ = Algorithm();

    /// <inheritdoc/>
    public override KeyedCipher Key(ReadOnlySpan<byte> key) => new NSecKeyedCipher(this, Algorithm(), key);

    internal static StoreUnusableException Missing(EnvelopeCipher id, Exception error) => new(
        "codec",
        StoreUnusableReason.MissingDependency,
        $"{id} needs the libsodium that NSec.Cryptography was made for, and it could not be loaded ({error.GetType().Name}). Reference the NuGet package "
        + "`libsodium` in the version that NSec.Cryptography asks for, and no other one in its place; or choose another cipher via Encryption:Cipher.",
        error);

    private AeadAlgorithm Algorithm()
    {
        try
        {
            return _algorithm.Value;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException
            or InvalidOperationException or PlatformNotSupportedException or TypeInitializationException)
        {
            throw Missing(Id, e);
        }
    }
}
