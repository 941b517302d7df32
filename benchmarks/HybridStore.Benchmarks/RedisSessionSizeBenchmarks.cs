using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using HybridStore.Codec;
using HybridStore.InMemory;
using HybridStore.Redis.Hot;
using StackExchange.Redis;

namespace HybridStore.Benchmarks;

/// <summary>A queued commit, and a read from Redis, of one record, another one each time, in a session of 100 records and in one of 200,000 that Redis has all of.</summary>
[Config(typeof(ServerProfile))]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class RedisSessionSizeBenchmarks
{
    internal const int Operations = 4096;
    private const int Page = 1000;
    private static readonly AuthSessionId Session = new("bench", "size");

    private readonly Random _random = new(1);
    private RedisProcess _redis = null!;
    private HybridAuthStore _store = null!;
    private AuthSession? _session;
    private AuthKey[] _keys = [];

    /// <summary>Fills Redis.</summary>
    [GlobalSetup(Target = nameof(CommitOf100))]
    public Task SetupSmallCommitsAsync() => SetupAsync(100, LeaseMode.Required);

    /// <summary>Fills Redis.</summary>
    [GlobalSetup(Target = nameof(CommitOf200000))]
    public Task SetupLargeCommitsAsync() => SetupAsync(200_000, LeaseMode.Required);

    /// <summary>Fills Redis.</summary>
    [GlobalSetup(Target = nameof(ReadOf100))]
    public Task SetupSmallReadsAsync() => SetupAsync(100, LeaseMode.Off);

    /// <summary>Fills Redis.</summary>
    [GlobalSetup(Target = nameof(ReadOf200000))]
    public Task SetupLargeReadsAsync() => SetupAsync(200_000, LeaseMode.Off);

    /// <summary>Renews what Redis may be believed for, which is the cold tier's part of reading and not measured here.</summary>
    [IterationSetup(Targets = [nameof(ReadOf100), nameof(ReadOf200000)])]
    public void Refresh() => _store.CommitAsync(Session, new AuthPatch().Set("device-list", "a", BitConverter.GetBytes(Environment.TickCount64))).AsTask().GetAwaiter().GetResult();

    /// <summary>Stops it.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        if (_session is not null)
            await _session.DisposeAsync();
        _session = null;
        await _store.DisposeAsync();
        _redis.Dispose();
    }

    /// <summary>100 records.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Operations)]
    [BenchmarkCategory("commit")]
    public Task CommitOf100() => CommitAsync();

    /// <summary>200,000 records.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    [BenchmarkCategory("commit")]
    public Task CommitOf200000() => CommitAsync();

    /// <summary>100 records.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Operations)]
    [BenchmarkCategory("read")]
    public Task ReadOf100() => ReadAsync();

    /// <summary>200,000 records.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    [BenchmarkCategory("read")]
    public Task ReadOf200000() => ReadAsync();

    internal async Task SetupAsync(int records, LeaseMode mode)
    {
        _redis = new RedisProcess();
        var options = new HybridAuthStoreOptions { MaxStaleness = TimeSpan.FromMinutes(1) };
        options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        options.Lease.Mode = mode;
        _store = new HybridAuthStore(new InMemoryColdTier(), await _redis.OpenAsync(), options);
        _keys = [.. Enumerable.Range(0, records).Select(i => new AuthKey(AuthKeyTypes.Session, $"5511{i:D8}.0"))];
        await _store.ImportAsync(Session, EntriesAsync());
        if (mode == LeaseMode.Required)
            _session = await _store.OpenAsync(Session);
        else
            Refresh();
        foreach (var page in _keys.Chunk(Page))
            await _store.GetManyAsync(Session, page);

        using var connection = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString, null);
        var held = await connection.GetDatabase(0, null).HashLengthAsync(new SessionPlace("hybridstore", Session).Records, CommandFlags.None);
        if (held < records)
            throw new InvalidOperationException($"Redis has {held} of the {records} records.");

        // Until the code is compiled for good: otherwise what comes first is the slowest.
        for (var i = 0; i < 4; i++)
            await (mode == LeaseMode.Required ? CommitAsync() : ReadAsync());
    }

    internal async Task CommitAsync(int commits = Operations)
    {
        for (var i = 0; i < commits; i++)
        {
            var value = new byte[256];
            BitConverter.TryWriteBytes(value, _random.NextInt64());
            var patch = new AuthPatch().Set(AuthKeyTypes.Session, _keys[_random.Next(_keys.Length)].Id, value).Require(Durability.Queued);
            if ((await _session!.CommitAsync(patch)).Outcome != CommitOutcome.Queued)
                throw new InvalidOperationException("The commit was not queued.");
        }
    }

    private async Task ReadAsync()
    {
        for (var i = 0; i < Operations; i++)
        {
            if ((await _store.GetAsync(Session, _keys[_random.Next(_keys.Length)])).Value.Length != 256)
                throw new InvalidOperationException("The record is not there.");
        }
    }

    private async IAsyncEnumerable<AuthEntry> EntriesAsync()
    {
        foreach (var key in _keys)
            yield return new AuthEntry(key, new byte[256]);
        await Task.CompletedTask;
    }
}
