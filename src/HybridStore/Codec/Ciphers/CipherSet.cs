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
    public static CipherSet BuiltIn { get; } = new(new Aes256GcmCipher(), new XSalsa20Poly1305Cipher());

    /// <summary>The cipher of a number, or <see langword="null"/> if this process doesn't have it.</summary>
    public Cipher? Find(EnvelopeCipher id) => _byId[(byte)id];

    /// <summary>The cipher to seal with, which must be here and work.</summary>
    /// <exception cref="StoreUnusableException">It isn't or doesn't.</exception>
    public Cipher ForSealing(EnvelopeCipher id)
    {
        var cipher = Find(id) ?? throw new StoreUnusableException(
            "codec",
            StoreUnusableReason.MissingDependency,
            $"There is no cipher {id} here. Choose another one via Encryption:Cipher, or add the package that brings it.");
        cipher.EnsureAvailable();
        return cipher;
    }
}
