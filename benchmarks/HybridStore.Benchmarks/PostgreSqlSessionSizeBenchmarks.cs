using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using HybridStore.PostgreSql;

namespace HybridStore.Benchmarks;

/// <summary>A commit and a read of one record, another one each time, in a session of 100 records and in one of 200,000.</summary>
[Config(typeof(ServerProfile))]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class PostgreSqlSessionSizeBenchmarks
{
    internal const int Operations = 512;

    private readonly Random _random = new(1);
    private PostgreSqlProcess _server = null!;
    private PostgreSqlColdTier _tier = null!;

    /// <summary>Starts the server and fills it.</summary>
    [GlobalSetup(Targets = [nameof(CommitOf100), nameof(ReadOf100)])]
    public Task SetupSmallAsync() => SetupAsync(100);

    /// <summary>Starts the server and fills it.</summary>
    [GlobalSetup(Targets = [nameof(CommitOf200000), nameof(ReadOf200000)])]
    public Task SetupLargeAsync() => SetupAsync(200_000);

    /// <summary>Ends it.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _tier.DisposeAsync();
        _server.Dispose();
    }

    /// <summary>100 records.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Operations)]
    [BenchmarkCategory("commit")]
    public Task CommitOf100() => CommitAsync(100);

    /// <summary>200,000 records.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    [BenchmarkCategory("commit")]
    public Task CommitOf200000() => CommitAsync(200_000);

    /// <summary>100 records.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Operations)]
    [BenchmarkCategory("read")]
    public Task ReadOf100() => ReadAsync(100);

    /// <summary>200,000 records.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    [BenchmarkCategory("read")]
    public Task ReadOf200000() => ReadAsync(200_000);

    internal async Task SetupAsync(int records, int warmUps = 16)
    {
        _server = new PostgreSqlProcess();
        _tier = await PostgreSqlCommits.OpenAsync(_server.ConnectionString, sessions: 1, records);

        // Until the code is compiled for good: otherwise what comes first is the slowest.
        for (var i = 0; i < warmUps; i++)
        {
            await ReadAsync(records);
            await CommitAsync(records);
        }
    }

    internal async Task CommitAsync(int records, int commits = Operations)
    {
        for (var i = 0; i < commits; i++)
            PostgreSqlCommits.Must((await _tier.CommitAsync(PostgreSqlCommits.Replace(0, _random.Next(records)), CancellationToken.None)).Status);
    }

    internal async Task<RowsTouched> RowsTouchedAsync()
    {
        await using var raw = RawPostgreSqlCommits.Open(_server.ConnectionString);
        return await raw.RowsTouchedAsync(_server.ConnectionString, PostgreSqlCommits.Replace(0, 50));
    }

    private async Task ReadAsync(int records)
    {
        for (var i = 0; i < Operations; i++)
        {
            var read = await _tier.ReadAsync(PostgreSqlCommits.SessionOf(0), [PostgreSqlCommits.KeyOf(_random.Next(records))], withDataKeys: false, CancellationToken.None);
            if (!read.Records[0].Exists)
                throw new InvalidOperationException("The record is not there.");
        }
    }
}
