using System.Globalization;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using HybridStore.Codec;
using HybridStore.MongoDb;
using HybridStore.Tiers;
using MongoDB.Driver;

namespace HybridStore.Benchmarks;

/// <summary>A commit and a read of one record, another one each time, in a session of 100 records and in one of 200,000 beside it.</summary>
[Config(typeof(ServerProfile))]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class MongoDbSessionSizeBenchmarks
{
    private const int Operations = 50;
    private static readonly WrappedDataKey Key = new(new DataKeyId(1), new byte[80]);
    private static readonly byte[] Envelope = new byte[256 + 53];

    private readonly string _database = $"hybridstore-bench-{Guid.NewGuid():N}";
    private readonly Random _random = new(1);
    private MongoClient _client = null!;
    private MongoDbColdTier _tier = null!;

    /// <summary>Both sessions.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _client = new MongoClient(Environment.GetEnvironmentVariable("HYBRIDSTORE_TEST_MONGODB") ?? "mongodb://localhost/?replicaSet=rs0");
        _tier = new MongoDbColdTier(_client.GetDatabase(_database), new MongoDbColdTierOptions { OperationTimeout = TimeSpan.FromMinutes(1) });
        foreach (var records in new[] { 100, 200_000 })
        {
            var import = new ColdImport { Session = SessionOf(records), Incarnation = 1, CommitId = CommitId.New(), DataKey = Key, Records = RecordsAsync(records) };
            Must((await _tier.ImportAsync(import, CancellationToken.None)).Status);
        }
    }

    /// <summary>Removes them.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _tier.DisposeAsync();
        await _client.DropDatabaseAsync(_database);
        _client.Dispose();
    }

    /// <summary>100 records.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Operations)]
    [BenchmarkCategory("commit")]
    public Task CommitOf100() => CommitAsync(100);

    /// <summary>200,000 records.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    [BenchmarkCategory("commit")]
    public Task CommitOf200000() => CommitAsync(200_000);

    /// <summary>100 records.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Operations)]
    [BenchmarkCategory("read")]
    public Task ReadOf100() => ReadAsync(100);

    /// <summary>200,000 records.</summary>
    [Benchmark(OperationsPerInvoke = Operations)]
    [BenchmarkCategory("read")]
    public Task ReadOf200000() => ReadAsync(200_000);

    private static AuthSessionId SessionOf(int records) => new("bench", records.ToString(CultureInfo.InvariantCulture));

    private static AuthKey KeyOf(int record) => new(AuthKeyTypes.Session, record.ToString("D6", CultureInfo.InvariantCulture));

    private static async IAsyncEnumerable<SealedChange> RecordsAsync(int count)
    {
        for (var i = 0; i < count; i++)
            yield return new SealedChange(KeyOf(i), Envelope);
        await Task.CompletedTask;
    }

    private static void Must(ColdCommitStatus status)
    {
        if (status != ColdCommitStatus.Committed)
            throw new InvalidOperationException($"The commit was not made: {status}.");
    }

    private async Task CommitAsync(int records)
    {
        for (var i = 0; i < Operations; i++)
        {
            var patch = new SealedPatch { CommitId = CommitId.New(), Changes = [new SealedChange(KeyOf(_random.Next(records)), Envelope)] };
            var commit = new ColdCommit { Session = SessionOf(records), Incarnation = 1, SealedWith = Key.Id, Patches = [patch] };
            Must((await _tier.CommitAsync(commit, CancellationToken.None)).Status);
        }
    }

    private async Task ReadAsync(int records)
    {
        for (var i = 0; i < Operations; i++)
        {
            var read = await _tier.ReadAsync(SessionOf(records), [KeyOf(_random.Next(records))], withDataKeys: false, CancellationToken.None);
            if (!read.Records[0].Exists)
                throw new InvalidOperationException("The record is not there.");
        }
    }
}
