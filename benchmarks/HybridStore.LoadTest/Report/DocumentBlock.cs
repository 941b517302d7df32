namespace HybridStore.LoadTest.Report;

/// <summary>The part of a page that a run writes anew, between two marks; what people have written around it stays.</summary>
internal static class DocumentBlock
{
    public const string Begin = "<!-- results: eng/bench.sh writes what follows -->";
    public const string End = "<!-- end of results -->";

    /// <exception cref="InvalidOperationException">The page has not both marks, each once and in this order.</exception>
    public static string Replace(string page, string block)
    {
        var begin = page.IndexOf(Begin, StringComparison.Ordinal);
        var end = page.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin || page.LastIndexOf(Begin, StringComparison.Ordinal) != begin || page.LastIndexOf(End, StringComparison.Ordinal) != end)
            throw new InvalidOperationException($"The page must have \"{Begin}\" and after it \"{End}\", each once.");
        return $"{page[..begin]}{Begin}\n\n{block.Trim()}\n\n{page[end..]}";
    }
}
