using System.Diagnostics;
using System.Globalization;

namespace WhatsAppBot;

/// <summary>What was played in this run, and how fast.</summary>
internal sealed class Statistics
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly SortedDictionary<StepKind, (Latencies Gets, Latencies Commits)> _kinds = [];
    private readonly Latencies _gets = new();
    private readonly Latencies _commits = new();

    public void Get(StepKind kind, long startedAt)
    {
        Of(kind).Gets.Add(startedAt);
        _gets.Add(startedAt);
    }

    public void Commit(StepKind kind, long startedAt)
    {
        Of(kind).Commits.Add(startedAt);
        _commits.Add(startedAt);
    }

    public void Print(TextWriter output)
    {
        var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds;
        var row = "{0,-14} {1,8} {2,8} {3,10} {4,10} {5,10} {6,10}";
        var rates = $"{_commits.Count / seconds:F0} commits/s, {_gets.Count / seconds:F0} reads/s";
        output.WriteLine($"played {_commits.Count} steps in {seconds:F1} s: {rates}; times in microseconds");
        output.WriteLine(row, "", "commits", "gets", "commit p50", "p99", "get p50", "p99");
        foreach (var (kind, (gets, commits)) in _kinds)
            Row(kind.ToString(), gets, commits);
        Row("all", _gets, _commits);

        void Row(string name, Latencies gets, Latencies commits) => output.WriteLine(
            row, name, commits.Count, gets.Count, Time(commits, 0.5), Time(commits, 0.99), Time(gets, 0.5), Time(gets, 0.99));

        static string Time(Latencies latencies, double share) => latencies.Percentile(share).ToString("F0", CultureInfo.InvariantCulture);
    }

    private (Latencies Gets, Latencies Commits) Of(StepKind kind)
    {
        if (!_kinds.TryGetValue(kind, out var latencies))
            _kinds.Add(kind, latencies = (new Latencies(), new Latencies()));
        return latencies;
    }
}
