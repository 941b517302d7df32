namespace HybridStore.Cli.Output;

/// <summary>Text for pipes, files and logs: one line for one thing, no colours, no lines drawn.</summary>
internal sealed class PlainOutput(TextWriter writer) : OutputWriter, IText
{
    public override void Report<T>(T report) => report.Describe(this);

    public override async Task ListAsync<T>(IAsyncEnumerable<T> rows)
    {
        await foreach (var row in rows)
            writer.WriteLine(string.Join('\t', row.ToCells().Select(Printable.Line)));
    }

    public override async Task ListAsync<T, TReport>(IAsyncEnumerable<T> rows, string name, Func<TReport> report)
    {
        await ListAsync(rows);
        Report(report());
    }

    public void Line(string text) => writer.WriteLine(Printable.Line(text));

    public void Facts(IReadOnlyList<(string Name, string Value)> facts)
    {
        var width = facts.Max(f => f.Name.Length);
        foreach (var (name, value) in facts)
            writer.WriteLine($"{name.PadRight(width)}  {Printable.Line(value)}");
    }

    public void Table(IReadOnlyList<Column> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var lines = new List<IReadOnlyList<string>> { columns.Select(c => c.Name).ToList() };
        lines.AddRange(rows.Select(r => r.Select(Printable.Line).ToList()));
        var widths = columns.Select((_, i) => lines.Max(l => l[i].Length)).ToList();
        writer.WriteLine();
        foreach (var line in lines)
        {
            var cells = line.Select((cell, i) => columns[i].IsNumber ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
            writer.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    public override void Dispose() => writer.Flush();
}
