using System.Text.Json;
using System.Xml.Linq;
using HybridStore.Benchmarks.Rows;
using HybridStore.LoadTest.Report;

namespace HybridStore.LoadTest.Tests;

public class ReportTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void A_row_is_met_on_the_right_side_of_its_goal()
    {
        Assert.True(BenchRow.AtLeast(1, "a", 0.95, "x rate", 0.95, "").Met);
        Assert.False(BenchRow.AtLeast(1, "a", 0.94, "x rate", 0.95, "").Met);
        Assert.True(BenchRow.AtMost(1, "a", 1.15, "x time", 1.15, "").Met);
        Assert.False(BenchRow.AtMost(1, "a", 1.16, "x time", 1.15, "").Met);
        Assert.False(BenchRow.Failed(1, "a", "why").Met);
    }

    // What the table says and what it is judged by must not differ.
    [Fact]
    public void A_row_is_judged_as_it_is_told()
    {
        var row = BenchRow.AtMost(1, "a", 1.15004, "x time", 1.15, "");

        Assert.Equal(1.15, row.Value);
        Assert.True(row.Met);
    }

    [Fact]
    public void A_chart_is_well_formed_and_its_bars_are_as_long_as_their_values()
    {
        var chart = new BarChart { Title = "a < b & c", Subtitle = "\"quoted\"", Format = static v => $"{v} <", Series = ["one", "two"], Mark = 5 };
        chart.Add("R&D", 10, 5);
        chart.Add("none", null, 2.5);

        var svg = XDocument.Parse(chart.ToSvg());

        var space = XNamespace.Get("http://www.w3.org/2000/svg");
        var widths = svg.Descendants(space + "rect").Where(static r => (string?)r.Attribute("x") == "300" && (string?)r.Attribute("height") == "12").Select(static r => (double)r.Attribute("width")!).ToArray();
        Assert.Equal([450, 225, 112.5], widths);
        Assert.Contains("not measured", svg.Root!.Value, StringComparison.Ordinal);
        Assert.Contains("a < b & c", svg.Root.Value, StringComparison.Ordinal);
        Assert.Equal(525, (double)svg.Descendants(space + "line").Single().Attribute("x1")!);
    }

    [Fact]
    public void A_chart_with_long_labels_has_them_whole_above_its_bars()
    {
        var chart = new BarChart { Title = "t", Subtitle = "s", Format = static v => $"{v}" };
        var label = "queued commit of one record, concurrency 512: rate beside the same script called raw with sealed bytes";
        chart.Add("short", 10);
        chart.Add(label, 5);

        var svg = XDocument.Parse(chart.ToSvg()).Root!;

        var space = XNamespace.Get("http://www.w3.org/2000/svg");
        var bars = svg.Descendants(space + "rect").ToArray();
        Assert.Equal([("0", 750), ("0", 375)], bars.Select(static r => ((string)r.Attribute("x")!, (double)r.Attribute("width")!)));
        var text = svg.Descendants(space + "text").Single(t => t.Value == label);
        Assert.Equal("0", (string?)text.Attribute("x"));
        Assert.InRange((double)text.Attribute("y")!, (double)bars[0].Attribute("y")! + 12, (double)bars[1].Attribute("y")!);
    }

    [Fact]
    public async Task The_latest_result_has_all_rows_in_the_order_of_the_table_and_says_where_it_was_measured()
    {
        var folder = Directory.CreateTempSubdirectory("hybridstore-report-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "rows-a.json"), BenchRow.ToJson([BenchRow.AtLeast(9, "nine", 21, "x time", 20, "d"), BenchRow.Failed(10, "ten", "no server")]), Stop);
        await File.WriteAllTextAsync(Path.Combine(folder, "rows-b.json"), BenchRow.ToJson([BenchRow.AtMost(1, "one", 1.2, "x time", 1, "e")]), Stop);
        await File.WriteAllTextAsync(Path.Combine(folder, "versions.json"), """{"redis":"7.0"}""", Stop);

        await File.WriteAllTextAsync(Path.Combine(folder, "steady-latency.svg"), "<svg/>", Stop);
        var docs = Path.Combine(folder, "docs", "performance.md");
        Directory.CreateDirectory(Path.GetDirectoryName(docs)!);
        await File.WriteAllTextAsync(docs, $"before\n{DocumentBlock.Begin}\nof an earlier run\n{DocumentBlock.End}\nafter\n", Stop);

        await BenchReport.WriteAsync(folder, folder, "eng/bench.sh --quick", docs);

        using var latest = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "latest.json"), Stop));
        var rows = latest.RootElement.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal(["one", "nine", "ten"], rows.Select(static r => r.GetProperty("row").GetString()));
        Assert.Equal([false, true, false], rows.Select(static r => r.GetProperty("met").GetBoolean()));
        Assert.Equal((1.2, 1.0, "x time"), (rows[0].GetProperty("value").GetDouble(), rows[0].GetProperty("goal").GetDouble(), rows[0].GetProperty("unit").GetString()));
        Assert.Equal("7.0", latest.RootElement.GetProperty("versions").GetProperty("redis").GetString());
        Assert.Equal("eng/bench.sh --quick", latest.RootElement.GetProperty("command").GetString());
        Assert.Equal(Environment.ProcessorCount, latest.RootElement.GetProperty("machine").GetProperty("cores").GetInt32());
        var page = await File.ReadAllTextAsync(Path.Combine(folder, "goals.md"), Stop);
        Assert.Contains("1 of 3 reached", page, StringComparison.Ordinal);
        _ = XDocument.Load(Path.Combine(folder, "goals.svg"));
        var told = await File.ReadAllTextAsync(docs, Stop);
        Assert.StartsWith($"before\n{DocumentBlock.Begin}\n", told, StringComparison.Ordinal);
        Assert.EndsWith($"\n{DocumentBlock.End}\nafter\n", told, StringComparison.Ordinal);
        Assert.Contains("| nine | 21.0 x time | at least 20.0 | yes | d |", told, StringComparison.Ordinal);
        Assert.Contains("(../goals.svg)", told, StringComparison.Ordinal);
        Assert.Contains("(../steady-latency.svg)", told, StringComparison.Ordinal);
        Assert.DoesNotContain("of an earlier run", told, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData(DocumentBlock.Begin)]
    [InlineData(DocumentBlock.End + DocumentBlock.Begin)]
    [InlineData(DocumentBlock.Begin + DocumentBlock.End + DocumentBlock.End)]
    public void A_page_without_a_place_for_the_results_is_not_written_to(string page) =>
        Assert.Throws<InvalidOperationException>(() => DocumentBlock.Replace(page, "block"));

    [Theory]
    [InlineData(0.096, "96.0 ns")]
    [InlineData(123.4, "123 us")]
    [InlineData(2_500, "2.50 ms")]
    [InlineData(3_000_000, "3.00 s")]
    public void Times_are_told_as_people_read_them(double microseconds, string text) => Assert.Equal(text, Units.Time(microseconds));
}
