using HybridStore.Baileys;
using Spectre.Console;

namespace HybridStore.Cli.Output;

/// <summary>Tables and progress for a person at a terminal.</summary>
internal sealed class RichOutput(IAnsiConsole console) : OutputWriter, IText
{
    // A table is drawn when all its rows are known; so many are kept.
    private const int RowsOfTable = 500;

    public static RichOutput Create(TextWriter writer) =>
        new(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) }));

    public override Task<T> WithProgressAsync<T>(string what, Func<IProgress<BaileysProgress>?, Task<T>> work) =>
        console.Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async context =>
            {
                var task = context.AddTask(Escape(what));
                task.IsIndeterminate = true;
                return await work(new TaskProgress(what, task));
            });

    public override void Report<T>(T report) => report.Describe(this);

    public override async Task ListAsync<T>(IAsyncEnumerable<T> rows)
    {
        var table = new List<IReadOnlyList<string>>();
        await foreach (var row in rows)
        {
            table.Add(row.ToCells());
            if (table.Count == RowsOfTable)
                Draw();
        }

        Draw();

        void Draw()
        {
            if (table.Count > 0)
                Table(T.Columns, table);
            table.Clear();
        }
    }

    public override async Task ListAsync<T, TReport>(IAsyncEnumerable<T> rows, string name, Func<TReport> report)
    {
        await ListAsync(rows);
        Report(report());
    }

    // Not by the console, which would break it at the terminal's width: a key or a path is copied in one piece.
    public void Line(string text) => console.Profile.Out.Writer.WriteLine(Printable.Line(text));

    public void Facts(IReadOnlyList<(string Name, string Value)> facts)
    {
        var grid = new Grid().AddColumns(2);
        foreach (var (name, value) in facts)
            grid.AddRow($"[grey]{Escape(name)}[/]", Escape(value));
        console.Write(grid);
    }

    public void Table(IReadOnlyList<Column> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var table = new Table().RoundedBorder();
        foreach (var column in columns)
            table.AddColumn(new TableColumn($"[grey]{Escape(column.Name)}[/]") { Alignment = column.IsNumber ? Justify.Right : Justify.Left, NoWrap = column.IsNumber });
        foreach (var row in rows)
            table.AddRow(row.Select(Escape).ToArray());
        console.Write(table);
    }

    public override void Dispose() => console.Profile.Out.Writer.Flush();

    private static string Escape(string text) => Markup.Escape(Printable.Line(text));

    private sealed class TaskProgress(string what, ProgressTask task) : IProgress<BaileysProgress>
    {
        public void Report(BaileysProgress value)
        {
            task.Description = Escape(FormattableString.Invariant($"{what}: {value.Records} records, {value.Bytes / 1024} KiB"));
            if (value.TotalRecords is not { } total)
                return;
            task.IsIndeterminate = false;
            task.MaxValue = Math.Max(total, 1);
            task.Value = value.Records;
        }
    }
}
