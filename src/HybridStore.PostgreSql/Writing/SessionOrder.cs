namespace HybridStore.PostgreSql.Writing;

/// <summary>The order in which every process and the server's functions lock sessions: that of the names' UTF-8 bytes, as <c>COLLATE "C"</c> has it.</summary>
internal sealed class SessionOrder : IComparer<AuthSessionId>
{
    public static SessionOrder Instance { get; } = new();

    public int Compare(AuthSessionId x, AuthSessionId y) => Compare(x.Tenant, y.Tenant) is not 0 and var order ? order : Compare(x.Session, y.Session);

    private static int Compare(string x, string y)
    {
        var length = Math.Min(x.Length, y.Length);
        for (var i = 0; i < length; i++)
        {
            if (x[i] != y[i])
                return CodePointRank(x[i]) - CodePointRank(y[i]);
        }

        return x.Length - y.Length;
    }

    // UTF-8 has what UTF-16 writes with surrogates above everything else.
    private static int CodePointRank(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
}
