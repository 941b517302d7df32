namespace HybridStore.Codec;

/// <summary>The ciphers that a process has, by their number.</summary>
internal sealed class CipherSet
{
    private readonly Cipher?[] _byId = new Cipher?[byte.MaxValue + 1];

    /// <param name="ciphers">The ciphers, each with a number of its own.</param>
    public CipherSet(params IEnumerable<Cipher> ciphers)
    {
        foreach (var cipher in ciphers)
        {
            if (_byId[(byte)cipher.Id] is not null)
                throw new ArgumentException($"Two ciphers have the number {(byte)cipher.Id}.", nameof(ciphers));
            _byId[(byte)cipher.Id] = cipher;
        }
    }

    /// <summary>What the core brings.</summary>
    public static CipherSet BuiltIn { get; } = new(new Aes256GcmCipher(), new XSalsa20Poly1305Cipher(), new ChaCha20Poly1305Cipher());

    /// <summary>These, and one more.</summary>
    /// <exception cref="ArgumentException">One of these has its number.</exception>
    public CipherSet With(Cipher cipher) => new([.. _byId.OfType<Cipher>(), cipher]);

    /// <summary>The cipher of a number, or <see langword="null"/> if this process doesn't have it.</summary>
    public Cipher? Find(EnvelopeCipher id) => _byId[(byte)id];

    /// <summary>The cipher to seal with, which must be here and work.</summary>
    /// <exception cref="StoreUnusableException">It isn't or doesn't.</exception>
    public Cipher ForSealing(EnvelopeCipher id)
    {
        var cipher = Find(id) ?? throw new StoreUnusableException(
            "codec",
            StoreUnusableReason.MissingDependency,
            $"There is no cipher {id} here. Choose another one via Encryption:Cipher, or add {Package(id)}.");
        cipher.EnsureAvailable();
        return cipher;
    }

    private static string Package(EnvelopeCipher id) => id is EnvelopeCipher.XChaCha20Poly1305 or EnvelopeCipher.Aegis256
        ? "the package HybridStore.NSec and UseNSec()"
        : "the package that brings it";
}
