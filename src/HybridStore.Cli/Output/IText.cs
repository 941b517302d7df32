namespace HybridStore.Cli.Output;

/// <summary>Writes for people. Whatever text comes in, what goes out has no control characters of it.</summary>
internal interface IText
{
    /// <summary>One sentence, on one line.</summary>
    void Line(string text);

    void Facts(IReadOnlyList<(string Name, string Value)> facts);

    /// <summary>A table that fits in memory.</summary>
    void Table(IReadOnlyList<Column> columns, IReadOnlyList<IReadOnlyList<string>> rows);
}
