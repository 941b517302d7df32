using System.Globalization;
using HybridStore.LoadTest.Drivers;

namespace HybridStore.LoadTest.Report;

/// <summary>Results of one trace on several targets as tables of Markdown.</summary>
internal static class PlayTable
{
    public static string Of(IReadOnlyList<PlayResult> results)
    {
        var lines = new List<string>
        {
            "| target | messages/s | message p50 | p95 | p99 | p99.9 | max | read p50 | p99 | commit p50 | p99 | allocated a call | CPU a call |",
            "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
        };
        foreach (var r in results)
        {
            lines.Add(Line(
                Named(r), Units.Rate(r.MessagesPerSecond), Units.Time(r.Message.P50), Units.Time(r.Message.P95), Units.Time(r.Message.P99), Units.Time(r.Message.P999), Units.Time(r.Message.Max),
                Units.Time(r.Read.P50), Units.Time(r.Read.P99), Units.Time(r.Commit.P50), Units.Time(r.Commit.P99), Units.Bytes(r.AllocatedPerOperation), Units.Time(r.CpuPerOperation)));
        }

        lines.Add("");
        lines.Add("| target | to Redis | from Redis | to the database | from the database | its log (WAL) | to files | heap a session | messages played |");
        lines.Add("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var r in results)
        {
            lines.Add(Line(
                r.Target, Units.Bytes(r.Bytes.HotSent), Units.Bytes(r.Bytes.HotReceived), Units.Bytes(r.Bytes.ColdSent), Units.Bytes(r.Bytes.ColdReceived), Units.Bytes(r.Bytes.Wal),
                Units.Bytes(r.Bytes.Files), Units.Bytes(r.MemoryPerSession), string.Create(CultureInfo.InvariantCulture, $"{r.Played} of {r.Planned}")));
        }

        foreach (var r in results.Where(static r => r.Driver == "open"))
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"\n{r.Target}: messages were given out {Units.Time(r.Lateness.P50)} (p99 {Units.Time(r.Lateness.P99)}) after they were due, which is in the figures."));
        foreach (var r in results.Where(static r => r.Failures + r.Mismatches > 0))
            lines.Add($"\n**{r.Target}: {r.Failures} calls failed and {r.Mismatches} answers were wrong.** The first: {r.FirstFailure}");
        return string.Join('\n', lines) + "\n";
    }

    private static string Named(PlayResult result) => result.Failures + result.Mismatches > 0 ? result.Target + " (fails)" : result.Target;

    private static string Line(params string[] cells) => $"| {string.Join(" | ", cells)} |";
}
