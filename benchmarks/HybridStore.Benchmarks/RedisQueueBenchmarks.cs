using BenchmarkDotNet.Attributes;
using HybridStore.Codec;
using HybridStore.InMemory;
using HybridStore.Redis;
using HybridStore.Redis.Connection;
using HybridStore.Redis.Hot;
using HybridStore.Tiers;
using StackExchange.Redis;

namespace HybridStore.Benchmarks;

/// <summary>
/// A queued commit of one record of 256 bytes, sealed, in as many sessions as there are callers, beside the same script called raw with bytes that are sealed
/// already. What the store queues waits for cold, as what is queued raw does; beside it, what it costs where it is drained meanwhile in the same process.
/// </summary>
[Config(typeof(ServerProfile))]
public class RedisQueueBenchmarks
{
    private const int Operations = 8192;

    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(10);

    // How far cold is behind in what is called raw, about as it is behind in the store.
    private const long Lag = 4;

    private RedisProcess _redis = null!;
    private GatedColdTier _cold = null!;
    private HybridAuthStore _store = null!;
    private AuthSession[] _sessions = [];
    private RedisHotTier _tier = null!;
    private ConnectionMultiplexer _connection = null!;
    private IDatabase _database = null!;
    private byte[] _hash = [];
    private RawSession[] _raw = [];

    /// <summary>How many callers there are, each with a session of its own.</summary>
    [Params(1, 64, 512)]
    public int Callers { get; set; }

    /// <summary>How many commits a round has.</summary>
    internal int Commits { get; init; } = Operations;

    /// <summary>Opens the sessions.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _redis = new RedisProcess();
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        _cold = new GatedColdTier(new InMemoryColdTier());
        _cold.Open();
        _store = new HybridAuthStore(_cold, await _redis.OpenAsync(), options);
        _sessions = new AuthSession[Callers];
        for (var i = 0; i < Callers; i++)
        {
            _sessions[i] = await _store.OpenAsync(new AuthSessionId("bench", $"store-{i}"));
            await _sessions[i].CommitAsync(Patch(0, Durability.Persisted));
            await _sessions[i].CommitAsync(Patch(1, Durability.Queued));
        }

        _tier = await _redis.OpenAsync();
        _raw = new RawSession[Callers];
        for (var i = 0; i < Callers; i++)
        {
            var session = new AuthSessionId("bench", $"raw-{i}");
            await _tier.InstallEpochAsync(new LeaseRef(session, 1), vouchesFor: TimeSpan.Zero, CancellationToken.None);
            var meta = new HotMeta { Incarnation = 1, Version = 1, Epoch = 1, RunId = _tier.RunId, GoodUntil = DateTimeOffset.MaxValue };
            await _tier.Outbox!.AdoptAsync(new HotAdoption { Session = session, Meta = meta, ValidFor = TimeSpan.FromMinutes(1) }, CancellationToken.None);
            _raw[i] = new RawSession(session);
        }

        _connection = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString, null);
        _database = _connection.GetDatabase(0, null);
        var server = _connection.GetServer(_connection.GetEndPoints(false)[0], null);
        _hash = await server.ScriptLoadAsync(ScriptLibrary.For(_tier.RunId)[(int)RedisScript.Queue], CommandFlags.None);
    }

    /// <summary>Drains what was queued, forgets what was queued raw, which nobody drains, and lets nothing to cold from here on.</summary>
    [IterationSetup(Targets = [nameof(RawScript), nameof(Store)])]
    public void Trim()
    {
        TrimAndDrain();
        _cold.Close();
    }

    /// <summary>The same, but what is queued goes to cold at once.</summary>
    [IterationSetup(Target = nameof(StoreWhileItDrains))]
    public void TrimAndDrain()
    {
        _cold.Open();
        if (_store.Outbox.DrainAsync(DrainTimeout).AsTask().GetAwaiter().GetResult().Entries > 0)
            throw new InvalidOperationException("What was queued is not drained.");
        foreach (var raw in _raw)
            _tier.Outbox!.AcknowledgeAsync(new LeaseRef(raw.Session, 1), 1, raw.Version, CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Closes them.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _store.DisposeAsync();
        await _tier.DisposeAsync();
        _connection.Dispose();
        _redis.Dispose();
    }

    /// <summary>The script, with bytes that are sealed already.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Operations)]
    public Task RawScript() => CallAsync(async (caller, i) =>
    {
        var reply = (RedisResult[])(await _database.ScriptEvaluateAsync(_hash, _raw[caller].Keys, _raw[caller].Next(i), CommandFlags.None))!;
        if ((int)reply[0] != (int)HotQueueStatus.Queued)
            throw new InvalidOperationException($"The commit was not queued: {(int)reply[0]}.");
    });

    /// <summary>The store while it drains in the same process, to a cold tier in it: both are paid for on the cores that Redis runs on.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public Task StoreWhileItDrains() => Store();

    /// <summary>The store. What it queues waits for cold.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    public Task Store() => CallAsync(async (caller, i) =>
    {
        if ((await _sessions[caller].CommitAsync(Patch(i, Durability.Queued))).Outcome != CommitOutcome.Queued)
            throw new InvalidOperationException("The commit was not queued.");
    });

    private static AuthPatch Patch(int i, Durability durability)
    {
        var value = new byte[256];
        BitConverter.TryWriteBytes(value, i + Environment.TickCount64);
        return new AuthPatch().Set(AuthKeyTypes.Session, $"55119999{i % 100:D4}.0", value).Require(durability);
    }

    private Task CallAsync(Func<int, int, Task> call) => Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
    {
        for (var i = caller; i < Commits; i += Callers)
            await call(caller, i);
    })));

    private sealed class RawSession(AuthSessionId session)
    {
        private static readonly byte[] Envelope = new byte[256 + 53];
        private readonly SessionPlace _place = new("hybridstore", session);
        private readonly byte[][] _fields = [.. Enumerable.Range(0, 100).Select(i => FieldName.Of(new AuthKey(AuthKeyTypes.Session, $"55119999{i:D4}.0")))];

        public AuthSessionId Session => session;

        public RedisKey[] Keys { get; } = new SessionPlace("hybridstore", session).Keys;

        public long Version { get; private set; } = 1;

        public RedisValue[] Next(int i)
        {
            var before = Version++;
            var id = Guid.NewGuid();
            var version = Version.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return
            [
                "604800000", _place.Channel, "1", "1", "3155378975999999999", Math.Max(0, before - Lag).ToString(System.Globalization.CultureInfo.InvariantCulture), "0", "1",
                before, version, $"1 1 1 {before} {version} 1 {id:N}", "1", "1", id.ToByteArray(bigEndian: true), version, _fields[i % 100], RecordValue.Of(Version, Envelope),
            ];
        }
    }
}
