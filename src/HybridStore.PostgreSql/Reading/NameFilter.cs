namespace HybridStore.PostgreSql.Reading;

/// <summary>Tells what no tenant or type is called, and the server would refuse to compare with.</summary>
internal static class NameFilter
{
    public static bool MayExist(string? name)
    {
        if (name is null)
            return true;
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '\0' || (char.IsSurrogate(name[i]) && !(i + 1 < name.Length && char.IsSurrogatePair(name[i], name[++i]))))
                return false;
        }

        return true;
    }
}
