using BenchmarkDotNet.Attributes;
using HybridStore.PostgreSql;

namespace HybridStore.Benchmarks;

/// <summary>A commit of one record, another one each time, in a session of 100 records and in one of 200,000.</summary>
[Config(typeof(ServerProfile))]
public class PostgreSqlSessionSizeBenchmarks
{
    private const int Operations = 512;

    private readonly Random _random = new(1);
    private PostgreSqlProcess _server = null!;
    private PostgreSqlColdTier _tier = null!;

    /// <summary>Starts the server and fills it.</summary>
    [GlobalSetup(Target = nameof(SessionOf100))]
    public Task SetupSmallAsync() => SetupAsync(100);

    /// <summary>Starts the server and fills it.</summary>
    [GlobalSetup(Target = nameof(SessionOf200000))]
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
    public Task SessionOf100() => CommitAsync(100);

    /// <summary>200,000 records.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public Task SessionOf200000() => CommitAsync(200_000);

    private async Task SetupAsync(int records)
    {
        _server = new PostgreSqlProcess();
        _tier = await PostgreSqlCommits.OpenAsync(_server.ConnectionString, sessions: 1, records);
    }

    private async Task CommitAsync(int records)
    {
        for (var i = 0; i < Operations; i++)
            PostgreSqlCommits.Must((await _tier.CommitAsync(PostgreSqlCommits.Replace(0, _random.Next(records)), CancellationToken.None)).Status);
    }
}
