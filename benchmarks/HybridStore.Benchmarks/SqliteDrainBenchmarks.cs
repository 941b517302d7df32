using System.Globalization;
using BenchmarkDotNet.Attributes;
using HybridStore.Codec;
using HybridStore.Sqlite;
using HybridStore.Tiers;

namespace HybridStore.Benchmarks;

/// <summary>
/// 6,400 commits of one record that are queued in Redis, of 64 sessions, and drained to SQLite, beside the same commits made to SQLite directly, as many in one
/// transaction of a session as were drained at once.
/// </summary>
[Config(typeof(ServerProfile))]
public class SqliteDrainBenchmarks
{
    private const int Sessions = 64;
    private const int CommitsEach = 100;

    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-bench-").FullName;
    private readonly AuthSession[] _sessions = new AuthSession[Sessions];
    private RedisProcess _redis = null!;
    private GatedColdTier _cold = null!;
    private HybridAuthStore _store = null!;
    private SqliteColdTier _direct = null!;
    private List<List<ColdCommit>> _batches = [];
    private List<ColdCommit> _creations = [];
    private byte _round;

    /// <summary>Opens the sessions, and drains them once to see in which batches that is done.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _redis = new RedisProcess();
        _cold = new GatedColdTier(SqliteCommits.Open(Path.Combine(_folder, "store.db")));
        _direct = SqliteCommits.Open(Path.Combine(_folder, "direct.db"));
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        _store = new HybridAuthStore(_cold, await _redis.OpenAsync(), options);
        _cold.Open();
        for (var i = 0; i < Sessions; i++)
        {
            _sessions[i] = await _store.OpenAsync(new AuthSessionId("bench", i.ToString(CultureInfo.InvariantCulture)));
            await _sessions[i].CommitAsync(Patch(0, Durability.Persisted));
        }

        _creations = [.. _cold.Commits];
        foreach (var creation in _creations)
            SqliteCommits.Must((await _direct.CommitAsync(Unplaced(creation), CancellationToken.None)).Status);
        await QueueAsync();
        await Drain();
    }

    /// <summary>Queues what is to be drained.</summary>
    [IterationSetup(Target = nameof(Drain))]
    public void Queue() => QueueAsync().GetAwaiter().GetResult();

    /// <summary>Makes the same commits as were drained last, under ids of their own.</summary>
    [IterationSetup(Target = nameof(Direct))]
    public void Prepare() => _batches = [.. _cold.Commits.GroupBy(static c => c.Session).Select(static s => s.Select(Unplaced).ToList())];

    /// <summary>Stops everything.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _store.DisposeAsync();
        await _direct.DisposeAsync();
        _redis.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>SQLite alone.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Sessions * CommitsEach)]
    public Task Direct() => Task.WhenAll(_batches.Select(batches => Task.Run(async () =>
    {
        foreach (var batch in batches)
            SqliteCommits.Must((await _direct.CommitAsync(batch, CancellationToken.None)).Status);
    })));

    /// <summary>The store, until cold has everything.</summary>
    [Benchmark(OperationsPerInvoke = Sessions * CommitsEach)]
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
        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(s => Task.Run(async () =>
        {
            for (var i = 0; i < CommitsEach; i++)
            {
                var receipt = await _sessions[s].CommitAsync(Patch(i, Durability.Queued));
                if (receipt.Outcome != CommitOutcome.Queued)
                    throw new InvalidOperationException("The commit was not queued.");
                last[s] = (_sessions[s].Id, receipt.Version);
            }
        })));
        _cold.Expect(last);
    }

    private AuthPatch Patch(int i, Durability durability)
    {
        var value = new byte[256];
        value[0] = _round;
        return new AuthPatch().Set(AuthKeyTypes.Session, $"55119999{i:D4}.0", value).Require(durability);
    }

    // A drained batch says where it belongs, under a lease. Made directly, each of its records is a patch again, as it was committed.
    private static ColdCommit Unplaced(ColdCommit commit) => new()
    {
        Session = commit.Session,
        Incarnation = commit.Incarnation,
        SealedWith = commit.SealedWith,
        NewDataKey = commit.NewDataKey,
        Patches =
        [
            .. commit.Patches.SelectMany(static p => p.Changes).Select(static c => new SealedPatch { CommitId = CommitId.New(), Changes = [new SealedChange(c.Key, c.Envelope)] }),
        ],
    };
}
