using System.Globalization;
using BenchmarkDotNet.Attributes;
using HybridStore.Sqlite;
using HybridStore.Tiers;

namespace HybridStore.Benchmarks;

/// <summary>A commit of one record in a session of 100 records and in one of 100,000, each alone in its file; the record is another one each time.</summary>
[Config(typeof(DiskProfile))]
public class SessionSizeBenchmarks
{
    internal const int Commits = 200;

    private readonly Random _random = new(1);
    private string _folder = "";
    private SqliteColdTier _tier = null!;
    private ColdCommit[] _commits = [];
    private int _records;

    /// <summary>The small one.</summary>
    [GlobalSetup(Target = nameof(SessionOf100))]
    public Task SetupSmallAsync() => SetupAsync(100);

    /// <summary>The large one.</summary>
    [GlobalSetup(Target = nameof(SessionOf100000))]
    public Task SetupLargeAsync() => SetupAsync(100_000);

    /// <summary>Makes the commits.</summary>
    [IterationSetup]
    public void Prepare() =>
        _commits = [.. Enumerable.Range(0, Commits).Select(_ => SqliteCommits.Replace(0, _random.Next(_records).ToString(CultureInfo.InvariantCulture)))];

    /// <summary>Removes the file.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _tier.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>100 records.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Commits)]
    public Task SessionOf100() => CommitAsync();

    /// <summary>100,000 records.</summary>
    [Benchmark(OperationsPerInvoke = Commits)]
    public Task SessionOf100000() => CommitAsync();

    internal async Task SetupAsync(int records)
    {
        _records = records;
        _folder = Directory.CreateTempSubdirectory("hybridstore-bench-").FullName;
        _tier = SqliteCommits.Open(Path.Combine(_folder, "store.db"));
        await SqliteCommits.ImportAsync(_tier, sessions: 1, records);
    }

    internal async Task CommitAsync()
    {
        foreach (var commit in _commits)
            SqliteCommits.Must((await _tier.CommitAsync(commit, CancellationToken.None)).Status);
    }
}
