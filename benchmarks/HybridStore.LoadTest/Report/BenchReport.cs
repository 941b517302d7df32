using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HybridStore.Benchmarks.Rows;

namespace HybridStore.LoadTest.Report;

/// <summary>Puts the parts of a run of <c>eng/bench.sh</c> together: <c>latest.json</c>, the table of what is to be reached, and its chart.</summary>
internal static class BenchReport
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="folder">Where the results are; the rows of each part in <c>rows-*.json</c>, and the versions of servers in <c>versions.json</c>.</param>
    /// <param name="parts">Where the rows of each part are.</param>
    /// <param name="command">What was run.</param>
    /// <param name="page">The page that has a <see cref="DocumentBlock"/> for the results; <see langword="null"/>: none.</param>
    public static async Task WriteAsync(string folder, string parts, string command, string? page = null)
    {
        var rows = new List<BenchRow>();
        foreach (var file in Directory.EnumerateFiles(parts, "rows-*.json").Order(StringComparer.Ordinal))
            rows.AddRange(BenchRow.FromJson(await File.ReadAllTextAsync(file)));
        rows = [.. rows.OrderBy(static r => r.Line)];
        var versions = new JsonObject { ["dotnet"] = Environment.Version.ToString() };
        var versionsFile = Path.Combine(parts, "versions.json");
        if (File.Exists(versionsFile) && JsonNode.Parse(await File.ReadAllTextAsync(versionsFile)) is JsonObject servers)
        {
            foreach (var (name, version) in servers)
                versions[name] = version?.DeepClone();
        }

        var latest = new JsonObject
        {
            ["at"] = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["machine"] = new JsonObject
            {
                ["processor"] = Machine.Processor,
                ["cores"] = Environment.ProcessorCount,
                ["memory"] = Units.Bytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes),
                ["system"] = RuntimeInformation.OSDescription,
                ["load"] = Machine.Load,
            },
            ["versions"] = versions,
            ["command"] = command,
            ["rows"] = JsonNode.Parse(BenchRow.ToJson(rows)),
        };
        await File.WriteAllTextAsync(Path.Combine(folder, "latest.json"), latest.ToJsonString(Json) + "\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "goals.svg"), Chart(rows).ToSvg());
        var met = rows.Count(static r => r is { Goal: not null, Met: true });
        var judged = rows.Count(static r => r.Goal is not null || r.Value is null);
        var summary =
            $"""
            Written by `{command}` on {Environment.ProcessorCount} cores ({Machine.Processor}), {string.Join(", ", versions.Select(static v => $"{v.Key} {v.Value}"))}.
            {met} of {judged} reached.

            {RowTable.Of(rows)}
            """;
        await File.WriteAllTextAsync(Path.Combine(folder, "goals.md"), $"# What is to be reached\n\n{summary}\n![Goals](goals.svg)\n");
        if (page is not null)
            await File.WriteAllTextAsync(page, DocumentBlock.Replace(await File.ReadAllTextAsync(page), Block(page, folder, summary)));
    }

    // The table, and the charts and pages that the run wrote, wherever they lie.
    private static string Block(string page, string folder, string summary)
    {
        var place = Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(page))!, folder).Replace('\\', '/');
        var block = new StringBuilder(summary).Append(CultureInfo.InvariantCulture, $"\n![What was measured, beside its goal]({place}/goals.svg)\n");
        foreach (var charts in Directory.EnumerateFiles(folder, "*-latency.svg").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(charts)[..^"-latency.svg".Length];
            block.Append(CultureInfo.InvariantCulture, $"\n[{name}]({place}/{name}.md):\n\n![{name}: latency]({place}/{name}-latency.svg)\n\n![{name}: bytes]({place}/{name}-bytes.svg)\n");
        }

        return block.ToString();
    }

    // By how much each goal is reached, on one scale: 1 is the goal, more is better.
    private static BarChart Chart(List<BenchRow> rows)
    {
        var chart = new BarChart
        {
            Title = "What was measured, beside its goal",
            Subtitle = "1 is the goal, whether more or less is better; further right is better. Logarithmic.",
            IsLogarithmic = true,
            Mark = 1,
            Format = static v => $"{Units.Number(v)} x",
            Colour = static v => v >= 1 ? 2 : 1,
        };
        foreach (var row in rows.Where(static r => r.Goal is > 0))
            chart.Add(row.Row, row.Value is { } value and > 0 ? (row.Better == "lower" ? row.Goal / value : value / row.Goal) : null);
        return chart;
    }
}
