using BenchmarkDotNet.Attributes;
using HybridStore.Codec;
using HybridStore.InMemory;
using HybridStore.Redis.Hot;
using StackExchange.Redis;

namespace HybridStore.Benchmarks;

/// <summary>
/// A read of one record of 256 bytes that only Redis has, decrypted, beside the raw client: one HGET without decryption, and one HMGET of two fields with it.
/// Nothing is held in this process; each caller waits for its answer before it asks again.
/// </summary>
[Config(typeof(ServerProfile))]
public class RedisReadBenchmarks
{
    private const int Operations = 8192;
    private const int Records = 1000;
    private static readonly AuthSessionId Session = new("bench", "reads");

    private RedisProcess _redis = null!;
    private HybridAuthStore _store = null!;
    private ConnectionMultiplexer _connection = null!;
    private IDatabase _database = null!;
    private RedisKey _key;
    private RedisValue[] _fields = [];
    private AuthKey[] _keys = [];
    private EnvelopeCodec _codec = null!;
    private DataKey[] _dataKeys = [];
    private byte[] _envelope = [];

    /// <summary>How many callers there are.</summary>
    [Params(1, 64, 512)]
    public int Callers { get; set; }

    /// <summary>How many reads a round has.</summary>
    internal int Reads { get; init; } = Operations;

    /// <summary>Fills Redis.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _redis = new RedisProcess();
        var options = new HybridAuthStoreOptions { MaxStaleness = TimeSpan.FromMinutes(1) };
        options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        options.Lease.Mode = LeaseMode.Off;
        var cold = new InMemoryColdTier();
        _store = new HybridAuthStore(cold, await _redis.OpenAsync(), options);
        var patch = new AuthPatch();
        _keys = [.. Enumerable.Range(0, Records).Select(i => new AuthKey(AuthKeyTypes.Session, $"55119999{i:D4}.0"))];
        foreach (var key in _keys)
            patch.Set(key, new byte[256]);
        await _store.CommitAsync(Session, patch);
        await _store.GetManyAsync(Session, _keys);
        _connection = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString, null);
        _database = _connection.GetDatabase(0, null);
        var place = new SessionPlace("hybridstore", Session);
        _key = place.Records;
        _fields = [.. _keys.Select(k => (RedisValue)FieldName.Of(k))];

        // What costs the same to open: under a key of its own, so that the store's own stays its own.
        _codec = new EnvelopeCodec(new EnvelopeCodecOptions { Cipher = EnvelopeCipher.Aes256Gcm });
        _dataKeys = [new DataKey(new DataKeyId(1), new byte[32])];
        _envelope = _codec.Seal(Session, _keys[0], _dataKeys[0], new byte[256]);
    }

    /// <summary>Renews what Redis may be believed for, which is the cold tier's part of reading and not measured here.</summary>
    [IterationSetup]
    public void Refresh() => _store.CommitAsync(Session, new AuthPatch().Set("device-list", "a", BitConverter.GetBytes(Environment.TickCount64))).AsTask().GetAwaiter().GetResult();

    /// <summary>Stops it.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _store.DisposeAsync();
        _connection.Dispose();
        _redis.Dispose();
    }

    /// <summary>The raw client: HGET, and nothing is decrypted.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Operations)]
    public Task RawHashGet() => CallAsync(async i => Must((await _database.HashGetAsync(_key, _fields[i % Records], CommandFlags.None)).HasValue));

    /// <summary>The raw client: HMGET of the control field and the record, decrypted.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public Task RawHashGetOfTwo_Decrypted() => CallAsync(async i =>
    {
        var values = await _database.HashGetAsync(_key, [FieldName.Control, _fields[i % Records]], CommandFlags.None);
        Must(values[1].HasValue && _codec.Open(Session, _keys[0], _dataKeys, _envelope).Length == 256);
    });

    /// <summary>The store.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public Task Store() => CallAsync(async i => Must((await _store.GetAsync(Session, _keys[i % Records])).Value.Length == 256));

    private Task CallAsync(Func<int, Task> call) => Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
    {
        for (var i = caller; i < Reads; i += Callers)
            await call(i);
    })));

    private static void Must(bool condition)
    {
        if (!condition)
            throw new InvalidOperationException("The answer is not there.");
    }
}
