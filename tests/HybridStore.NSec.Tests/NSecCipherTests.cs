using System.Security.Cryptography;
using HybridStore.Codec;

namespace HybridStore.NSec.Tests;

public class NSecCipherTests
{
    public static TheoryData<EnvelopeCipher> Ciphers => [EnvelopeCipher.XChaCha20Poly1305, EnvelopeCipher.Aegis256];

    [Theory]

    // draft-irtf-cfrg-xchacha-03, A.3.1.
    [InlineData(
        EnvelopeCipher.XChaCha20Poly1305,
        "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", "404142434445464748494a4b4c4d4e4f5051525354555657",
        "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a204966204920636f756c64206f6666657220796f75206f"
        + "6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73637265656e20776f756c642062652069742e",
        "50515253c0c1c2c3c4c5c6c7",
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
        + "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e"
        + "c0875924c1c7987947deafd8780acf49")]

    // draft-irtf-cfrg-aegis-aead, A.3, test vectors 1 and 2, with the tags of 256 bits.
    [InlineData(
        EnvelopeCipher.Aegis256,
        "1001000000000000000000000000000000000000000000000000000000000000", "1000020000000000000000000000000000000000000000000000000000000000",
        "00000000000000000000000000000000", "",
        "754fc3d8c973246dcc6d741412a4b236" + "1181a1d18091082bf0266f66297d167d2e68b845f61a3b0527d31fc7b7b89f13")]
    [InlineData(
        EnvelopeCipher.Aegis256,
        "1001000000000000000000000000000000000000000000000000000000000000", "1000020000000000000000000000000000000000000000000000000000000000",
        "", "",
        "6a348c930adbd654896e1666aad67de989ea75ebaa2b82fb588977b1ffec864a")]
    public void Seal_OfThePublishedVectors_IsTheSame(EnvelopeCipher cipher, string key, string nonce, string plaintext, string associatedData, string box)
    {
        using var keyed = Of(cipher).Key(Hex(key));
        var sealedBox = new byte[box.Length / 2];
        var opened = new byte[plaintext.Length / 2];

        keyed.Seal(Hex(nonce), Hex(associatedData), Hex(plaintext), sealedBox);
        Assert.True(keyed.TryOpen(Hex(nonce), Hex(associatedData), Hex(box), opened));

        Assert.Equal(box, Convert.ToHexStringLower(sealedBox));
        Assert.Equal(plaintext, Convert.ToHexStringLower(opened));
    }

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void TryOpen_WithAnyBitChanged_Fails(EnvelopeCipher cipher)
    {
        var algorithm = Of(cipher);
        using var keyed = algorithm.Key(RandomNumberGenerator.GetBytes(32));
        var nonce = RandomNumberGenerator.GetBytes(algorithm.NonceSize);
        var binding = "place"u8.ToArray();
        var box = new byte[40 + algorithm.TagSize];
        keyed.Seal(nonce, binding, new byte[40], box);

        foreach (var part in new[] { nonce, binding, box })
        {
            for (var bit = 0; bit < 8 * part.Length; bit++)
            {
                part[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.False(keyed.TryOpen(nonce, binding, box, new byte[40]));
                part[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        Assert.True(keyed.TryOpen(nonce, binding, box, new byte[40]));
    }

    [Theory]
    [MemberData(nameof(Ciphers))]
    public void Sizes_AreThoseOfTheAlgorithm(EnvelopeCipher cipher)
    {
        var algorithm = Of(cipher);
        global::NSec.Cryptography.AeadAlgorithm nsec = cipher == EnvelopeCipher.Aegis256
            ? global::NSec.Cryptography.AeadAlgorithm.Aegis256
            : global::NSec.Cryptography.AeadAlgorithm.XChaCha20Poly1305;

        Assert.Equal((nsec.NonceSize, nsec.TagSize), (algorithm.NonceSize, algorithm.TagSize));
        Assert.Equal(32, nsec.KeySize);
    }

    [Fact]
    public void Missing_NamesThePackageAndTheCipher()
    {
        var error = NSecCipher.Missing(EnvelopeCipher.Aegis256, new DllNotFoundException("libsodium"));

        Assert.Equal(("codec", StoreUnusableReason.MissingDependency), (error.Tier, error.Reason));
        Assert.Contains("Aegis256", error.Message, StringComparison.Ordinal);
        Assert.Contains("`libsodium`", error.Message, StringComparison.Ordinal);
    }

    internal static Cipher Of(EnvelopeCipher cipher) => cipher == EnvelopeCipher.Aegis256 ? NSecCipher.Aegis256 : NSecCipher.XChaCha20Poly1305;

    private static byte[] Hex(string hex) => Convert.FromHexString(hex);
}
