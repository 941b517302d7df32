namespace HybridStore.Properties.Support;

/// <summary>Simpler inputs than one that failed, the simplest first.</summary>
internal static class Smaller
{
    /// <summary>The list without a part of it: halves first, then ever smaller pieces; then with one item made simpler.</summary>
    public static IEnumerable<IReadOnlyList<T>> List<T>(IReadOnlyList<T> list, Func<T, IEnumerable<T>>? item = null)
    {
        for (var size = list.Count; size > 0; size /= 2)
        {
            for (var at = 0; at < list.Count; at += size)
                yield return [.. list.Take(at), .. list.Skip(at + size)];
        }

        if (item is null)
            yield break;
        for (var i = 0; i < list.Count; i++)
        {
            foreach (var simpler in item(list[i]))
                yield return [.. list.Take(i), simpler, .. list.Skip(i + 1)];
        }
    }

    public static IEnumerable<byte[]> Bytes(byte[] bytes) => List(bytes).Select(b => b.ToArray());

    public static IEnumerable<string> Text(string text) => List(text.ToCharArray()).Select(c => new string([.. c]));

    /// <summary>Names stay names.</summary>
    public static IEnumerable<string> Name(string name) => Text(name).Where(n => n.Length > 0 && !n.Any(char.IsSurrogate));
}
