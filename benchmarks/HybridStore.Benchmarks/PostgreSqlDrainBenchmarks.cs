using BenchmarkDotNet.Attributes;
using HybridStore.PostgreSql;

namespace HybridStore.Benchmarks;

/// <summary>
/// 100,000 records of 500 sessions that were queued and are drained, one coalesced commit for each session, beside the fastest way that there is by hand: COPY into a
/// staging table, and one guarded upsert onto the rows that are there.
/// </summary>
[Config(typeof(ServerProfile))]
public class PostgreSqlDrainBenchmarks
{
    private const int Sessions = 500;
    private const int Records = 200;

    private PostgreSqlProcess _server = null!;
    private PostgreSqlColdTier _tier = null!;
    private RawPostgreSql _raw = null!;

    /// <summary>Starts the server and fills it.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _server = new PostgreSqlProcess();
        _tier = await PostgreSqlCommits.OpenAsync(_server.ConnectionString, Sessions, Records);
        _raw = await RawPostgreSql.OpenAsync(_server.ConnectionString, Sessions, Records);
    }

    /// <summary>Ends it.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _tier.DisposeAsync();
        await _raw.DisposeAsync();
        _server.Dispose();
    }

    /// <summary>By hand.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Sessions * Records)]
    public Task RawCopyAndUpsert() => _raw.CopyAsync(Sessions, Records);

    /// <summary>The tier.</summary>
    [Benchmark(OperationsPerInvoke = Sessions * Records)]
    public Task Tier() => Task.WhenAll(Enumerable.Range(0, Sessions).Select(async session =>
        PostgreSqlCommits.Must((await _tier.CommitAsync(PostgreSqlCommits.Replace(session, Enumerable.Range(0, Records)), CancellationToken.None)).Status)));
}
