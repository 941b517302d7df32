namespace HybridStore.InMemory;

/// <summary>The order of names by their UTF-8 bytes, which is the order of their code points, without making the bytes.</summary>
internal static class Utf8Order
{
    public static IComparer<AuthSessionId> Sessions { get; } = Comparer<AuthSessionId>.Create(
        static (a, b) => Compare(a.Tenant, b.Tenant) is var order and not 0 ? order : Compare(a.Session, b.Session));

    public static IComparer<AuthKey> Keys { get; } = Comparer<AuthKey>.Create(
        static (a, b) => Compare(a.Type, b.Type) is var order and not 0 ? order : Compare(a.Id, b.Id));

    public static int Compare(string a, string b)
    {
        var same = a.AsSpan().CommonPrefixLength(b);
        return same == a.Length || same == b.Length ? a.Length - b.Length : Rank(a[same]) - Rank(b[same]);
    }

    // UTF-16 puts surrogates, which stand for the highest code points, below U+E000 to U+FFFF.
    private static int Rank(char c) => char.IsSurrogate(c) ? c + 0x1_0000 : c;
}
