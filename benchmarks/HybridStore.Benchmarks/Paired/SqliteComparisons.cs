using HybridStore.Benchmarks.Rows;

namespace HybridStore.Benchmarks.Paired;

/// <summary>Commits to files of SQLite.</summary>
internal static class SqliteComparisons
{
    private const int FewRecords = 2100;
    private const int ManyRecords = 226_000;

    public static async Task<IReadOnlyList<BenchRow>> CommitsAsync(PairedOptions options)
    {
        const int Commits = SqliteCommitBenchmarks.Callers * SqliteCommitBenchmarks.Each;
        var commits = new SqliteCommitBenchmarks();
        await commits.SetupAsync();
        var result = await PairedRun.RunAsync(
            [
                new("64 commits a transaction, by hand", Commits, commits.Prepare, () => Task.Run(commits.RawGroups)),
                new("the tier, 64 callers", Commits, commits.Prepare, commits.TierCallers),
            ],
            options.Rounds * 3,
            warmUps: 10);
        await commits.CleanupAsync();
        return [BenchRow.AtLeast(6, "persisted commit, SQLite, 64 callers: rate beside raw SQLite grouping the same commits", result.Rate(1), "x rate", 0.9, result.Tell(0, 1))];
    }

    public static async Task<IReadOnlyList<BenchRow>> SizesAsync(PairedOptions options)
    {
        var small = new SessionSizeBenchmarks();
        var large = new SessionSizeBenchmarks();
        await small.SetupAsync(FewRecords);
        await large.SetupAsync(ManyRecords);
        var result = await PairedRun.RunAsync(
            [
                new("a commit to SQLite in 2,100 records", SessionSizeBenchmarks.Commits, small.Prepare, small.CommitAsync),
                new("in 226,000", SessionSizeBenchmarks.Commits, large.Prepare, large.CommitAsync),
            ],
            options.Rounds * 2,
            warmUps: 6);
        await small.CleanupAsync();
        await large.CleanupAsync();
        return [BenchRow.AtMost(10, "persisted commit, SQLite, in a session of 226,000 records: time beside one of 2,100", 1 / result.Rate(1), "x time", 1.2, result.Tell(0, 1))];
    }
}
