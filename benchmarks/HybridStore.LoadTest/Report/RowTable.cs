using HybridStore.Benchmarks.Rows;

namespace HybridStore.LoadTest.Report;

/// <summary>Rows as a table of Markdown.</summary>
internal static class RowTable
{
    public static string Of(IEnumerable<BenchRow> rows)
    {
        var lines = new List<string> { "| what | measured | goal | met | |", "|---|---:|---:|---|---|" };
        foreach (var row in rows.OrderBy(static r => r.Line))
        {
            var goal = row.Goal is { } wanted ? $"{(row.Better == "lower" ? "at most" : "at least")} {Units.Number(wanted)}" : "";
            var met = row.Goal is null && row.Value is not null ? "" : row.Met ? "yes" : "**no**";
            lines.Add($"| {row.Row} | {(row.Value is { } value ? $"{Units.Number(value)} {row.Unit}" : "none")} | {goal} | {met} | {row.Detail} |");
        }

        return string.Join('\n', lines) + "\n";
    }
}
