using System.Globalization;
using BenchmarkDotNet.Attributes;
using HybridStore.Codec;
using HybridStore.PostgreSql;

namespace HybridStore.Benchmarks;

/// <summary>
/// 100,000 records of 500 sessions that are queued in Redis, 20 commits in each, and drained to PostgreSQL until it has all of them, beside the fastest way that there is by hand: COPY into a
/// staging table, and one guarded upsert onto the rows that are there. Between the two stands the tier alone, given one commit for each session as it is when everything coalesced.
/// </summary>
[Config(typeof(ServerProfile))]
public class PostgreSqlDrainBenchmarks
{
    internal const int Sessions = 500;
    internal const int Records = 200;
    private const int RecordsEach = 10;
    private const int Callers = 32;

    private PostgreSqlProcess _server = null!;
    private RedisProcess _redis = null!;
    private PostgreSqlColdTier _tier = null!;
    private RawPostgreSql _raw = null!;
    private GatedColdTier _cold = null!;
    private HybridAuthStore _store = null!;
    private AuthSession[] _sessions = [];
    private int _round;

    /// <summary>Starts the servers and fills them.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _server = new PostgreSqlProcess();
        _redis = new RedisProcess();
        _tier = await PostgreSqlCommits.OpenAsync(_server.ConnectionString, Sessions, Records);
        _raw = await RawPostgreSql.OpenAsync(_server.ConnectionString, Sessions, Records);
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;

        // What is drained waits until all is queued, which is not to be taken for a tier that does not answer.
        options.Resilience.Cold.Timeout = Timeout.InfiniteTimeSpan;
        _cold = new GatedColdTier(new PostgreSqlColdTier(_server.ConnectionString, new PostgreSqlColdTierOptions { OperationTimeout = TimeSpan.FromMinutes(1) }));
        _store = new HybridAuthStore(_cold, await _redis.OpenAsync(), options);
        _cold.Open();
        _sessions = new AuthSession[Sessions];
        await EachAsync(async s =>
        {
            _sessions[s] = await _store.OpenAsync(new AuthSessionId("drain", s.ToString(CultureInfo.InvariantCulture)));
            await _sessions[s].CommitAsync(Patch(0, Records, Durability.Persisted));
        });
    }

    /// <summary>Queues what is to be drained.</summary>
    [IterationSetup(Target = nameof(Drain))]
    public void Queue() => QueueAsync().GetAwaiter().GetResult();

    /// <summary>Ends them.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _store.DisposeAsync();
        await _tier.DisposeAsync();
        await _raw.DisposeAsync();
        _redis.Dispose();
        _server.Dispose();
    }

    /// <summary>By hand.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Sessions * Records)]
    public Task RawCopyAndUpsert() => _raw.CopyAsync(Sessions, Records);

    /// <summary>The tier.</summary>
    [Benchmark(OperationsPerInvoke = Sessions * Records)]
    public Task Tier() => Task.WhenAll(Enumerable.Range(0, Sessions).Select(async session =>
        PostgreSqlCommits.Must((await _tier.CommitAsync(PostgreSqlCommits.Replace(session, Enumerable.Range(0, Records)), CancellationToken.None)).Status)));

    /// <summary>The store, until cold has everything.</summary>
    [Benchmark(OperationsPerInvoke = Sessions * Records)]
    public Task Drain()
    {
        _cold.Open();
        return _cold.ArrivedAsync();
    }

    private async Task QueueAsync()
    {
        _cold.Close();
        _round++;
        var last = new (AuthSessionId, long)[Sessions];
        await EachAsync(async s =>
        {
            for (var i = 0; i < Records; i += RecordsEach)
            {
                var receipt = await _sessions[s].CommitAsync(Patch(i, RecordsEach, Durability.Queued));
                if (receipt.Outcome != CommitOutcome.Queued)
                    throw new InvalidOperationException("The commit was not queued.");
                last[s] = (_sessions[s].Id, receipt.Version);
            }
        });
        _cold.Expect(last);
    }

    private AuthPatch Patch(int first, int count, Durability durability)
    {
        var value = new byte[256];
        BitConverter.TryWriteBytes(value, _round);
        var patch = new AuthPatch().Require(durability);
        for (var i = first; i < first + count; i++)
            patch.Set(PostgreSqlCommits.KeyOf(i), value);
        return patch;
    }

    private static Task EachAsync(Func<int, Task> work) =>
        Parallel.ForAsync(0, Sessions, new ParallelOptions { MaxDegreeOfParallelism = Callers }, async (session, _) => await work(session));
}
