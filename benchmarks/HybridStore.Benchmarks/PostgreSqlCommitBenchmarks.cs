using BenchmarkDotNet.Attributes;
using HybridStore.PostgreSql;

namespace HybridStore.Benchmarks;

/// <summary>
/// A commit of one record of 309 bytes, in as many sessions as there are callers, with all that a commit checks and remembers, beside an upsert of the same bytes in a
/// transaction, written by hand.
/// </summary>
[Config(typeof(ServerProfile))]
public class PostgreSqlCommitBenchmarks
{
    internal const int Operations = 2048;
    private const int Records = 100;

    private PostgreSqlProcess _server = null!;
    private PostgreSqlColdTier _tier = null!;
    private RawPostgreSql _raw = null!;

    /// <summary>How many callers there are, each with a session of its own.</summary>
    [Params(1, 64)]
    public int Callers { get; set; }

    /// <summary>Starts the server and fills it.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _server = new PostgreSqlProcess();
        _tier = await PostgreSqlCommits.OpenAsync(_server.ConnectionString, Callers, Records);
        _raw = await RawPostgreSql.OpenAsync(_server.ConnectionString, Callers, Records);
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
    [Benchmark(Baseline = true, OperationsPerInvoke = Operations)]
    public Task RawUpsert() => CallAsync((caller, i) => _raw.UpsertAsync(caller, i % Records));

    /// <summary>The tier.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public Task Tier() => CallAsync(async (caller, i) => PostgreSqlCommits.Must((await _tier.CommitAsync(PostgreSqlCommits.Replace(caller, i % Records), CancellationToken.None)).Status));

    private Task CallAsync(Func<int, int, Task> call) => Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
    {
        for (var i = caller; i < Operations; i += Callers)
            await call(caller, i);
    })));
}
