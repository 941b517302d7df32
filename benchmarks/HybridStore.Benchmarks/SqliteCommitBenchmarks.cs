using BenchmarkDotNet.Attributes;
using HybridStore.Sqlite;
using HybridStore.Tiers;

namespace HybridStore.Benchmarks;

/// <summary>
/// Commits of one record, one after the other and from 64 callers at once, beside the same rows written by hand: lone commits one a transaction,
/// and 64 a transaction, which is the most that the callers' commits could share.
/// </summary>
[Config(typeof(DiskProfile))]
public class SqliteCommitBenchmarks
{
    internal const int Callers = 64;
    internal const int Each = 40;
    private const int Lone = 200;

    private string _folder = "";
    private SqliteColdTier _tier = null!;
    private RawSqlite _raw = null!;
    private ColdCommit[][] _commits = [];
    private string _id = "0";
    private int _iteration;

    /// <summary>Two files, made alike.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _folder = Directory.CreateTempSubdirectory("hybridstore-bench-").FullName;
        _tier = SqliteCommits.Open(Path.Combine(_folder, "store.db"));
        await SqliteCommits.ImportAsync(_tier, Callers, records: 100);
        await using (var tier = SqliteCommits.Open(Path.Combine(_folder, "raw.db")))
            await SqliteCommits.ImportAsync(tier, Callers, records: 100);
        _raw = new RawSqlite(Path.Combine(_folder, "raw.db"));
    }

    /// <summary>Makes the commits, which is the callers' work on both sides.</summary>
    [IterationSetup]
    public void Prepare()
    {
        _id = $"{_iteration++ % 100}";
        _commits = [.. Enumerable.Range(0, Callers).Select(i => Enumerable.Range(0, Math.Max(Each, Lone)).Select(_ => SqliteCommits.Replace(i, _id)).ToArray())];
    }

    /// <summary>Removes them.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        _raw.Dispose();
        await _tier.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>By hand, one commit a transaction.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Lone)]
    [BenchmarkCategory("lone")]
    public void RawLone()
    {
        for (var i = 0; i < Lone; i++)
            _raw.Commit(1, _id, SqliteCommits.Envelope);
    }

    /// <summary>The tier, with one caller.</summary>
    [Benchmark(OperationsPerInvoke = Lone)]
    [BenchmarkCategory("lone")]
    public async Task TierLone()
    {
        for (var i = 0; i < Lone; i++)
            SqliteCommits.Must((await _tier.CommitAsync(_commits[0][i], CancellationToken.None)).Status);
    }

    /// <summary>By hand, 64 commits a transaction.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Callers * Each)]
    [BenchmarkCategory("64 callers")]
    public void RawGroups()
    {
        for (var i = 0; i < Each; i++)
            _raw.Commit(Callers, _id, SqliteCommits.Envelope);
    }

    /// <summary>The tier, with 64 callers that each wait for their commit before the next.</summary>
    [Benchmark(OperationsPerInvoke = Callers * Each)]
    [BenchmarkCategory("64 callers")]
    public Task TierCallers() => Task.WhenAll(_commits.Select(commits => Task.Run(async () =>
    {
        for (var i = 0; i < Each; i++)
            SqliteCommits.Must((await _tier.CommitAsync(commits[i], CancellationToken.None)).Status);
    })));
}
