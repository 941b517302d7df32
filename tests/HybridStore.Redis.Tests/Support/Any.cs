namespace HybridStore.Redis.Tests.Support;

/// <summary>Bytes and names of all kinds.</summary>
internal static class Any
{
    /// <summary>Names that are easily taken for one another.</summary>
    public static string[] Names { get; } =
        ["a", "A", "b", "a/b", "a:b", "a.b", "a b", " a", "a ", "%41", "%2F", "{a}", "}{", "a}", "*", "?", "[a]", "..", "\\", "\"", "'", "\n", "\u0001", "ä", "a\u0308", "e\u0301", "é", "😀", "\uFFFF", "null", "0"];

    public static IEnumerable<(string First, string Second)> Pairs => Names.SelectMany(_ => Names, static (first, second) => (first, second));

    public static byte[] Noise(int length, int seed)
    {
        var bytes = new byte[length];
#pragma warning disable CA5394 // The same bytes in each run.
        new Random(seed).NextBytes(bytes);
#pragma warning restore CA5394
        return bytes;
    }
}
