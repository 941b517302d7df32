using System.Globalization;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using HybridStore.Codec;
using HybridStore.InMemory;
using HybridStore.PostgreSql;
using HybridStore.Redis;
using HybridStore.Tiers;

namespace HybridStore.Benchmarks;

/// <summary>
/// What the store takes on top of each tier: a read and a commit of one record of 256 bytes by one caller through the store, and the same call made to the tier itself with bytes that are
/// sealed already. Without a lease, so that every call reaches the tier. What lies in between is sealing and opening, the breaker's pipeline and the protocol's decisions.
/// </summary>
[Config(typeof(ServerProfile))]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
public class FacadeBenchmarks
{
    private const int Operations = 1024;
    private const int Records = 100;
    private static readonly AuthSessionId Session = new("bench", "store");
    private static readonly AuthSessionId Direct = new("bench", SqliteCommits.Name(0));

    private readonly string[] _ids = [.. Enumerable.Range(0, Records).Select(static i => i.ToString(CultureInfo.InvariantCulture))];
    private readonly byte[] _value = new byte[256];
    private string _folder = "";
    private RedisProcess? _redis;
    private PostgreSqlProcess? _postgreSql;
    private IColdTier _cold = null!;
    private IHotTier? _hot;
    private HybridAuthStore _store = null!;
    private int _next;

    /// <summary>The tier that answers: cold ones alone, and hot ones in front of a cold tier in memory.</summary>
    [Params("cold: memory", "cold: sqlite", "cold: postgresql", "cold: redis", "hot: memory", "hot: redis")]
    public string Tier { get; set; } = "cold: memory";

    /// <summary>The same records in two sessions, the store's and one for direct calls.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _folder = Directory.CreateTempSubdirectory("hybridstore-bench-").FullName;
        if (Tier.EndsWith("redis", StringComparison.Ordinal))
            _redis = new RedisProcess();
        if (Tier.EndsWith("postgresql", StringComparison.Ordinal))
            _postgreSql = new PostgreSqlProcess();
        _cold = Tier switch
        {
            "cold: sqlite" => SqliteCommits.Open(Path.Combine(_folder, "store.db")),
            "cold: postgresql" => new PostgreSqlColdTier(_postgreSql!.ConnectionString, new PostgreSqlColdTierOptions()),
            "cold: redis" => new RedisColdTier(_redis!.ConnectionString, new RedisColdTierOptions()),
            _ => new InMemoryColdTier(),
        };
        _hot = Tier switch
        {
            "hot: memory" => new InMemoryHotTier(64 * 1024 * 1024),
            "hot: redis" => await _redis!.OpenAsync(),
            _ => null,
        };
        var options = new HybridAuthStoreOptions { MaxStaleness = TimeSpan.FromMinutes(1) };
        options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        options.Lease.Mode = LeaseMode.Off;
        _store = new HybridAuthStore(_cold, _hot, options);
        var patch = new AuthPatch();
        foreach (var id in _ids)
            patch.Set(AuthKeyTypes.Session, id, _value);
        await _store.CommitAsync(Session, patch);
        await _store.GetManyAsync(Session, [.. _ids.Select(static i => new AuthKey(AuthKeyTypes.Session, i))]);
        await SqliteCommits.ImportAsync(_cold, sessions: 1, Records);
    }

    /// <summary>Renews what hot may be believed for, which is cold's part of reading.</summary>
    [IterationSetup]
    public void Refresh() => CommitAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>Ends the servers.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _store.DisposeAsync();
        _redis?.Dispose();
        _postgreSql?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The tier.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Operations)]
    [BenchmarkCategory("read")]
    public async Task TierRead()
    {
        for (var i = 0; i < Operations; i++)
        {
            AuthKey[] keys = [new(AuthKeyTypes.Session, _ids[i % Records])];
            var isThere = _hot is null
                ? (await _cold.ReadAsync(Direct, keys, withDataKeys: false, CancellationToken.None)).Records[0].Exists
                : (await _hot.ReadAsync(Session, keys, withDataKeys: false, CancellationToken.None)).Records[0] is { Exists: true };
            Must(isThere);
        }
    }

    /// <summary>The store.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    [BenchmarkCategory("read")]
    public async Task StoreRead()
    {
        for (var i = 0; i < Operations; i++)
            Must((await _store.GetAsync(Session, new AuthKey(AuthKeyTypes.Session, _ids[i % Records]))).Exists);
    }

    /// <summary>The cold tier: with a hot one in front, what the store does for that is on top.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Operations)]
    [BenchmarkCategory("commit")]
    public async Task TierCommit()
    {
        for (var i = 0; i < Operations; i++)
            SqliteCommits.Must((await _cold.CommitAsync(SqliteCommits.Replace(0, _ids[i % Records]), CancellationToken.None)).Status);
    }

    /// <summary>The store.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    [BenchmarkCategory("commit")]
    public async Task StoreCommit()
    {
        for (var i = 0; i < Operations; i++)
            await CommitAsync();
    }

    private ValueTask<CommitReceipt> CommitAsync()
    {
        BitConverter.TryWriteBytes(_value, ++_next);
        return _store.CommitAsync(Session, new AuthPatch().Set(AuthKeyTypes.Session, _ids[_next % Records], _value));
    }

    private static void Must(bool isThere)
    {
        if (!isThere)
            throw new InvalidOperationException("The record is not there.");
    }
}
