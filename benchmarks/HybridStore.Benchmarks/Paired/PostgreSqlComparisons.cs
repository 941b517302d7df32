using HybridStore.Benchmarks.Rows;
using HybridStore.PostgreSql;
using HybridStore.Tiers;

namespace HybridStore.Benchmarks.Paired;

/// <summary>Commits to a PostgreSQL of their own, and draining to it.</summary>
internal static class PostgreSqlComparisons
{
    private const int Callers = 64;
    private const int Each = 32;
    private const int Records = 100;
    private const int FewRecords = 2100;
    private const int SizeCommits = 256;

    // Both run the same code, in one process.
    private const int SizeWarmUps = 2;
    private const int ManyRecords = 226_000;

    public static async Task<IReadOnlyList<BenchRow>> CommitsAsync(PairedOptions options)
    {
        using var server = new PostgreSqlProcess();
        await using var tier = await PostgreSqlCommits.OpenAsync(server.ConnectionString, Callers, Records);
        await using var raw = RawPostgreSqlCommits.Open(server.ConnectionString);
        await using var upserts = await RawPostgreSql.OpenAsync(server.ConnectionString, Callers, Records);
        var commits = new ColdCommit[Callers][];
        var round = 0;
        var result = await PairedRun.RunAsync(
            [
                new("64 callers: the tier's statements by Npgsql, each commit by itself", Callers * Each, Prepare, () => raw.AloneAsync(commits)),
                new("the same, the commits of 32 callers in a transaction, on two connections", Callers * Each, Prepare, () => raw.GroupedAsync(Groups(), connections: 2)),
                new("an upsert in a transaction, and nothing else", Callers * Each, Prepare, () => UpsertAsync(upserts)),
                new("the tier", Callers * Each, Prepare, () => CommitAsync(tier, commits)),
            ],
            options.Rounds,
            options.WarmUps);
        return
        [
            BenchRow.AtLeast(5, "persisted commit, PostgreSQL only, 64 callers: rate beside raw Npgsql doing the same statements", result.Rate(3), "x rate", 0.9, result.Tell(0, 3)),
            BenchRow.Told(5, "the same beside raw Npgsql that is handed the commits of 32 callers ready to send in one transaction", result.Rate(3, than: 1), "x rate", result.Tell(1, 3)),
        ];

        // Each commit has an id of its own: one that is made twice is made once.
        void Prepare()
        {
            round++;
            for (var i = 0; i < Callers; i++)
                commits[i] = [.. Enumerable.Range(0, Each).Select(j => PostgreSqlCommits.Replace(i, ((round * Each) + j) % Records))];
        }

        IEnumerable<IReadOnlyList<ColdCommit>> Groups()
        {
            for (var j = 0; j < Each; j++)
            {
                yield return [.. commits[..(Callers / 2)].Select(c => c[j])];
                yield return [.. commits[(Callers / 2)..].Select(c => c[j])];
            }
        }
    }

    public static async Task<IReadOnlyList<BenchRow>> SizesAsync(PairedOptions options)
    {
        var small = new PostgreSqlSessionSizeBenchmarks();
        var large = new PostgreSqlSessionSizeBenchmarks();
        await small.SetupAsync(FewRecords, SizeWarmUps);
        await large.SetupAsync(ManyRecords, SizeWarmUps);
        var result = await PairedRun.RunAsync(
            [
                new("a commit to PostgreSQL in 2,100 records", SizeCommits, static () => { }, () => small.CommitAsync(FewRecords, SizeCommits)),
                new("in 226,000", SizeCommits, static () => { }, () => large.CommitAsync(ManyRecords, SizeCommits)),
            ],
            options.Rounds,
            options.WarmUps);
        var (few, many) = (await small.RowsTouchedAsync(), await large.RowsTouchedAsync());
        await small.CleanupAsync();
        await large.CleanupAsync();
        return
        [
            BenchRow.AtMost(10, "persisted commit, PostgreSQL, in a session of 226,000 records: time beside one of 2,100", 1 / result.Rate(1), "x time", 1.2, result.Tell(0, 1)),
            BenchRow.AtMost(10, "the same: rows that it touches more than in one of 2,100, in as many statements and round trips (one)", Math.Abs(many.All - few.All), "rows", 0, $"{few}, and {many}"),
        ];
    }

    public static async Task<IReadOnlyList<BenchRow>> DrainAsync(PairedOptions options)
    {
        const int Drained = PostgreSqlDrainBenchmarks.Sessions * PostgreSqlDrainBenchmarks.Records;
        var drain = new PostgreSqlDrainBenchmarks();
        await drain.SetupAsync();
        var result = await PairedRun.RunAsync(
            [
                new("100,000 records: COPY to a staging table and one guarded upsert", Drained, static () => { }, drain.RawCopyAndUpsert),
                new("the tier, a commit for each session", Drained, static () => { }, drain.Tier),
                new("queued in Redis and drained by the store", Drained, drain.Queue, drain.Drain),
            ],
            options.LongRounds,
            warmUps: 1);
        await drain.CleanupAsync();
        return
        [
            BenchRow.AtLeast(12, "drain of 100,000 queued records to PostgreSQL: rate beside COPY to staging and a guarded upsert", result.Rate(2), "x rate", 0.8, result.Tell(0, 2)),
            BenchRow.Told(12, "the tier alone, given the same records as one commit for each session", result.Rate(1), "x rate", result.Tell(0, 1)),
        ];
    }

    private static Task UpsertAsync(RawPostgreSql upserts) => Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
    {
        for (var i = 0; i < Each; i++)
            await upserts.UpsertAsync(caller, i);
    })));

    private static Task CommitAsync(PostgreSqlColdTier tier, ColdCommit[][] commits) => Task.WhenAll(commits.Select(mine => Task.Run(async () =>
    {
        foreach (var commit in mine)
            PostgreSqlCommits.Must((await tier.CommitAsync(commit, CancellationToken.None)).Status);
    })));
}
