using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HybridStore.Codec;

namespace HybridStore.Properties.Support;

/// <summary>Random inputs.</summary>
internal static class Some
{
    /// <summary>Characters that somebody escapes, folds, normalises or takes for an end.</summary>
    private static readonly string[] Pieces =
    [
        "a", "A", "b", "z", "0", "1", "9", "/", ":", "::", "-", "--", "_", "__", ".", "..", "%", "%2F", "\\", "{", "}", "'", "\"", " ", "\t", "\n", "~", "*", "?", "[",
        "é", "e\u0301", "ß", "İ", "ı", "ﬁ", "日本", "\u202E", "\uFEFF", "\uFFFD", "\uFFFF", "😀", "👩‍👩‍👧", "\U0010FFFF", "creds", "json", "pre-key", ".json", "@s.whatsapp.net",
    ];

    /// <summary>Any name that is one.</summary>
    public static Gen<string> Name { get; } = Gen.Frequency(
        (12, Gen.Choose(1, 8).SelectMany(n => Gen.Elements(Pieces).ArrayOf(n)).Select(string.Concat)),
        (1, Gen.Elements(new string('x', AuthLimits.MaxNameBytes), string.Concat(Enumerable.Repeat("😀", AuthLimits.MaxNameBytes / 4)))));

    /// <summary>Any text at all: halves of surrogate pairs and U+0000 too.</summary>
    public static Gen<string> WildText { get; } = Gen.Frequency(
        (4, Gen.Elements([.. Pieces, "\0", "\uD83D", "\uDE00"]).ArrayOf().Select(string.Concat)),
        (2, Gen.Choose(0, char.MaxValue).Select(c => (char)c).ArrayOf().Select(c => new string(c))),
        (1, Gen.Choose(0, 3000).Select(n => new string('é', n))));

    public static Gen<AuthSessionId> Session { get; } = Name.Two().Select(n => new AuthSessionId(n.Item1, n.Item2));

    public static Gen<AuthKey> Key { get; } = Name.Two().Select(n => new AuthKey(n.Item1, n.Item2));

    public static Gen<byte[]> ArbitraryBytes { get; } = Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf();

    /// <summary>Values: none, few and many bytes, such as compress and such as don't.</summary>
    public static Gen<byte[]> Value { get; } = Gen.Frequency(
        (1, Gen.Constant(Array.Empty<byte>())),
        (4, ArbitraryBytes),
        (2, Gen.Choose(0, 20_000).Two().Select(n => Noise(n.Item1, n.Item2))),
        (2, Gen.Choose(0, 20_000).Select(Json)));

    public static Gen<Mutation> Mutation { get; } =
        from kind in Gen.Elements(Enum.GetValues<MutationKind>())
        from at in Gen.OneOf(Gen.Choose(0, 64), Gen.Choose(0, 1 << 20))
        from value in Gen.Choose(0, 255)
        select new Mutation(kind, at, (byte)value);

    /// <summary>The ciphers that work on this machine.</summary>
    public static Gen<EnvelopeCipher> Cipher { get; } =
        Gen.Elements(LibSodium.IsAvailable
            ? [EnvelopeCipher.Aes256Gcm, EnvelopeCipher.ChaCha20Poly1305, EnvelopeCipher.XSalsa20Poly1305]
            : new[] { EnvelopeCipher.Aes256Gcm, EnvelopeCipher.ChaCha20Poly1305 });

    public static byte[] Noise(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Json(int length) =>
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"type\":\"Buffer\",\"data\":\"AAAA\"},", (length / 32) + 1)))[..length];
}
