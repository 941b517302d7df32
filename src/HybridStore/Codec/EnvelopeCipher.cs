namespace HybridStore.Codec;

/// <summary>How an envelope's contents are encrypted and authenticated. The number is in the envelope, so none is ever used twice.</summary>
/// <remarks>The set is open: other packages add ciphers with numbers of their own. 6 to 63 are for this project, 64 to 255 for others.</remarks>
#pragma warning disable CA1028 // One byte, because it is one byte of the format.
#pragma warning disable CA1008 // No zero: a zeroed header must not name a cipher.
public enum EnvelopeCipher : byte
{
    /// <summary>AES-256 in Galois/Counter Mode, from the platform: a nonce of 12 bytes, hardware-fast for large values.</summary>
    Aes256Gcm = 1,

    /// <summary>XSalsa20-Poly1305, libsodium's secretbox: a nonce of 24 bytes, which random numbers never exhaust. Needs libsodium.</summary>
    XSalsa20Poly1305 = 2,

    /// <summary>ChaCha20-Poly1305 (RFC 8439), from the platform: a nonce of 12 bytes, fast where AES has no instructions of its own.</summary>
    ChaCha20Poly1305 = 3,

    /// <summary>XChaCha20-Poly1305: a nonce of 24 bytes, which random numbers never exhaust. In the package <c>HybridStore.NSec</c>.</summary>
    XChaCha20Poly1305 = 4,

    /// <summary>AEGIS-256: a nonce and a tag of 32 bytes, the fastest where AES has instructions of its own. In the package <c>HybridStore.NSec</c>.</summary>
    Aegis256 = 5,
}
