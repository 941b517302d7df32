using BenchmarkDotNet.Attributes;
using HybridStore.Codec;
using HybridStore.MongoDb;
using HybridStore.Tiers;
using MongoDB.Driver;

namespace HybridStore.Benchmarks;

/// <summary>Reads of one record, with the session's state from the same snapshot, beside a find of a document by its id.</summary>
[Config(typeof(ServerProfile))]
public class MongoDbReadBenchmarks
{
    private const int Reads = 100;
    private static readonly AuthSessionId Session = new("bench", "session");
    private static readonly WrappedDataKey Key = new(new DataKeyId(1), new byte[80]);
    private static readonly byte[] Envelope = new byte[256 + 53];
    private static readonly AuthKey[] Wanted = [new("session", "7")];

    private readonly string _database = $"hybridstore-bench-{Guid.NewGuid():N}";
    private MongoClient _client = null!;
    private MongoDbColdTier _tier = null!;
    private RawMongoDb _raw = null!;

    /// <summary>Two sessions, made alike.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _client = new MongoClient(Environment.GetEnvironmentVariable("HYBRIDSTORE_TEST_MONGODB") ?? "mongodb://localhost/?replicaSet=rs0");
        var database = _client.GetDatabase(_database);
        _tier = new MongoDbColdTier(database);
        await _tier.CommitAsync(
            new ColdCommit
            {
                Session = Session,
                Incarnation = 1,
                SealedWith = Key.Id,
                NewDataKey = Key,
                Patches = [new SealedPatch { CommitId = CommitId.New(), Changes = [.. Enumerable.Range(0, 1_000).Select(i => new SealedChange(new AuthKey("session", $"{i}"), Envelope))] }],
            },
            CancellationToken.None);
        _raw = new RawMongoDb(_client, database);
        await _raw.PrepareAsync(1_000, Envelope);
    }

    /// <summary>Removes them.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _tier.DisposeAsync();
        await _client.DropDatabaseAsync(_database);
        _client.Dispose();
    }

    /// <summary>By hand.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Reads)]
    public async Task Raw()
    {
        for (var i = 0; i < Reads; i++)
            await _raw.ReadAsync("7");
    }

    /// <summary>The tier.</summary>
    [Benchmark(OperationsPerInvoke = Reads)]
    public async Task Tier()
    {
        for (var i = 0; i < Reads; i++)
        {
            if (!(await _tier.ReadAsync(Session, Wanted, withDataKeys: false, CancellationToken.None)).Records[0].Exists)
                throw new InvalidOperationException("The record is not there.");
        }
    }
}
