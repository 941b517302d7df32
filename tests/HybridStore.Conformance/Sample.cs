using System.Text;

namespace HybridStore.Conformance;

/// <summary>Names and values that break stores.</summary>
internal static class Sample
{
    /// <summary>Names that look alike, hold separators, or are hard to hold; each is another name.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "a", "A", " a", "a ", "a/b", "a:b", "a::b", "a__b", "a_b", "a-b", "a--b", "a.b", "a.b.0", "a%", "a%2Fb", "%", "_", "*", "?", "[a]", "{a}", "$a", "#", "~",
        "/", ":", "::", "__", "-", ".", "..", "\\", "a\\b", "'", "\"", "'; DROP TABLE record; --", "\u0001", "\n", "\t", "\u00a0", "\u200d", "\u202eabc",
        "\u00e9", "e\u0301", "\u00c5", "\u212b", "ss", "\u00df", "i", "\u0131", "I", "\u0130", "\uff41", "\ufffd", "\ue000", "\uffff", "\ud7ff",
        "\U0001F600", "\U0001F469\u200D\U0001F52C", "\U00010000", "\U0010FFFF", "0", "00", "-1", "1e3", "null", "true", "__proto__", "constructor",
        new('x', AuthLimits.MaxNameBytes), new('x', AuthLimits.MaxNameBytes - 1), new('\u00e9', AuthLimits.MaxNameBytes / 2),
    ];

    /// <summary>Pairs that become one name when somebody joins them.</summary>
    public static IReadOnlyList<(string First, string Second)> Pairs { get; } =
    [
        ("a/b", "c"), ("a", "b/c"), ("a", "b"), ("ab", "c"), ("a", "bc"), ("a:b", "c"), ("a", "b:c"), ("a::b", "c"), ("a", "b::c"), ("a:", ":b"), ("a", "::b"),
        ("a-b", "c"), ("a", "b-c"), ("a__b", "c"), ("a", "b__c"), ("a.b", "c"), ("a", "b.c"), ("a\u0001b", "c"), ("a", "b\u0001c"), ("a|b", "c"), ("a", "b|c"),
        ("a b", "c"), ("a", "b c"), ("sender-key", "memory-1"), ("sender-key-memory", "1"), ("a/", "b"), ("a", "/b"), ("a%2Fb", "c"), ("{a", "b}"), ("{a}", "b"),
        ("A", "b"), ("a", "B"), ("\u00e9", "x"), ("e\u0301", "x"), ("x", "\u00e9"), ("x", "e\u0301"), ("a\\", "b"), ("a", "\\b"), ("a*", "b"), ("a", "*"),
    ];

    /// <summary>Bytes that no compression makes smaller, the same for the same seed.</summary>
    public static byte[] Noise(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The order in which every store gives names back: that of their UTF-8 bytes.</summary>
    public static IEnumerable<(string First, string Second)> InOrder(IEnumerable<(string First, string Second)> names) =>
        names.OrderBy(static n => Encoding.UTF8.GetBytes(n.First), ByBytes).ThenBy(static n => Encoding.UTF8.GetBytes(n.Second), ByBytes);

    private static Comparer<byte[]> ByBytes { get; } = Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b));
}
