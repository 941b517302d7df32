using System.Globalization;
using BenchmarkDotNet.Attributes;
using HybridStore.Codec;
using HybridStore.MongoDb;
using HybridStore.Tiers;
using MongoDB.Driver;

namespace HybridStore.Benchmarks;

/// <summary>
/// Commits of some records beside the same transaction by hand, on the server that HYBRIDSTORE_TEST_MONGODB names (default: one on this machine). Only the ratio
/// says something: a server's disk and its network are its own.
/// </summary>
[Config(typeof(ServerProfile))]
public class MongoDbCommitBenchmarks
{
    private const int Commits = 50;
    private static readonly AuthSessionId Session = new("bench", "session");
    private static readonly WrappedDataKey Key = new(new DataKeyId(1), new byte[80]);
    private static readonly byte[] Envelope = new byte[256 + 53];

    private readonly string _database = $"hybridstore-bench-{Guid.NewGuid():N}";
    private MongoClient _client = null!;
    private MongoDbColdTier _tier = null!;
    private RawMongoDb _raw = null!;
    private string[] _ids = [];

    /// <summary>How many records a commit changes.</summary>
    [Params(1, 30)]
    public int Records { get; set; }

    /// <summary>Two sessions, made alike.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _client = new MongoClient(Environment.GetEnvironmentVariable("HYBRIDSTORE_TEST_MONGODB") ?? "mongodb://localhost/?replicaSet=rs0");
        var database = _client.GetDatabase(_database);
        _tier = new MongoDbColdTier(database);
        _ids = [.. Enumerable.Range(0, Records).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        await CommitAsync(Key);
        _raw = new RawMongoDb(_client, database);
        await _raw.PrepareAsync(Records, Envelope);
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
    [Benchmark(Baseline = true, OperationsPerInvoke = Commits)]
    public async Task Raw()
    {
        for (var i = 0; i < Commits; i++)
            await _raw.CommitAsync(_ids, Envelope);
    }

    /// <summary>The tier.</summary>
    [Benchmark(OperationsPerInvoke = Commits)]
    public async Task Tier()
    {
        for (var i = 0; i < Commits; i++)
            await CommitAsync(newKey: null);
    }

    private async Task CommitAsync(WrappedDataKey? newKey)
    {
        var result = await _tier.CommitAsync(
            new ColdCommit
            {
                Session = Session,
                Incarnation = 1,
                SealedWith = Key.Id,
                NewDataKey = newKey,
                Patches = [new SealedPatch { CommitId = CommitId.New(), Changes = [.. _ids.Select(id => new SealedChange(new AuthKey("session", id), Envelope))] }],
            },
            CancellationToken.None);
        if (result.Status != ColdCommitStatus.Committed)
            throw new InvalidOperationException($"The commit was not kept: {result.Status}.");
    }
}
