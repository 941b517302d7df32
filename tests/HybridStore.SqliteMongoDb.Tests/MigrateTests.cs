using HybridStore.Cli.Tests;
using HybridStore.MongoDb;
using HybridStore.PostgreSql;
using HybridStore.Sqlite;
using HybridStore.SqlitePostgreSql.Tests;
using MongoDB.Bson;
using MongoDB.Driver;
using static HybridStore.SqlitePostgreSql.Tests.MovingBot;
using MongoServers = HybridStore.MongoDb.Tests.Support.SharedServer;

namespace HybridStore.SqliteMongoDb.Tests;

/// <summary>Sessions on their way to MongoDB, from it and back, while a bot writes them.</summary>
public sealed class MigrateTests : IAsyncDisposable
{
    private readonly Bench _bench = new();
    private readonly List<IAsyncDisposable> _open = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var open in Enumerable.Reverse(_open))
            await open.DisposeAsync();
        _bench.Dispose();
    }

    [Fact]
    public async Task Run_SqliteToMongoDbToPostgreSqlAndBack_WhileABotWrites_LosesNothing()
    {
        var database = Keep(await MongoTestDatabase.CreateAsync());
        var other = Keep(await TestDatabase.CreateAsync());
        var sqlite = Keep(new SqliteColdTier(new SqliteColdTierOptions { Path = _bench.Database }, TimeProvider.System));
        var mongo = Keep(new MongoDbColdTier(database.Uri, new MongoDbColdTierOptions { OperationTimeout = MongoServers.Patience }));
        var postgres = Keep(new PostgreSqlColdTier(other.ConnectionString));

        var there = await MoveAsync(sqlite, mongo, start: 0);
        await MustBeClosedAsync(sqlite);
        var on = await MoveAsync(mongo, postgres, start: there);
        await MustBeClosedAsync(mongo);
        var back = await MoveAsync(postgres, mongo, start: on);

        await MustHaveAllAsync(mongo, back);
        await MustBeClosedAsync(postgres);
        await MustBeClosedAsync(sqlite);
    }

    [Fact]
    public async Task Tool_FromSqliteToMongoDbAndOn_ComparesSwitchesAndSaysSo()
    {
        var database = Keep(await MongoTestDatabase.CreateAsync());
        await _bench.ImportAsync();
        await _bench.ImportAsync("clinic-8/other");
        string[] there = ["migrate", "--from", $"sqlite:{_bench.Database}", "--to", database.Uri];
        var target = $"sqlite:{_bench.PathOf("target.db")}";

        var copied = await _bench.RunAsync([.. there, "--json"]);
        var switched = await _bench.RunAsync([.. there, "--switch", "--json"]);
        var on = await _bench.RunAsync("migrate", "--from", database.Uri, "--to", target, "--switch", "--json");

        Assert.Equal((0, 2, 350), (copied.ExitCode, copied.Json.GetProperty("copied").GetInt64(), copied.Json.GetProperty("recordsCopied").GetInt64()));
        Assert.Equal((0, 2, 0), (switched.ExitCode, switched.Json.GetProperty("switched").GetInt64(), switched.Json.GetProperty("recordsCopied").GetInt64()));
        Assert.Equal((0, 2, 350), (on.ExitCode, on.Json.GetProperty("switched").GetInt64(), on.Json.GetProperty("recordsCopied").GetInt64()));
        (await _bench.RunAsync("verify", "--session", "clinic-8/other", "--cold", target)).Succeeded();
        (await _bench.RunAsync("export", _bench.PathOf("moved"), "--session", Bench.Session, "--cold", target)).Succeeded();
        Assert.Equal(Files(Bench.AuthInfo), Files(_bench.PathOf("moved")));
    }

    [Fact]
    public async Task Tool_DifferencePlantedInMongoDb_IsFound()
    {
        var database = Keep(await MongoTestDatabase.CreateAsync());
        await _bench.ImportAsync();
        string[] migrate = ["migrate", "--from", $"sqlite:{_bench.Database}", "--to", database.Uri, "--json"];
        Assert.Equal(0, (await _bench.RunAsync(migrate)).ExitCode);
        var records = (await database.OpenAsync()).GetCollection<BsonDocument>("hybridstore_records");
        var planted = new BsonDocument { { "_id.t", "pre-key" }, { "_id.i", "11" } };
        var envelope = (await records.Find(planted).SingleAsync(Cancel))["e"].AsByteArray;
        envelope[60] ^= 1;
        await records.UpdateOneAsync(planted, new BsonDocument("$set", new BsonDocument("e", new BsonBinaryData(envelope))), cancellationToken: Cancel);

        var run = await _bench.RunAsync([.. migrate, "--switch"]);

        Assert.Equal((1, false), (run.ExitCode, run.Json.GetProperty("complete").GetBoolean()));
        var difference = Assert.Single(Assert.Single(run.Json.GetProperty("sessions").EnumerateArray()).GetProperty("differences").EnumerateArray());
        Assert.Equal(
            ("envelope", "pre-key", "11"),
            (difference.GetProperty("kind").GetString(), difference.GetProperty("type").GetString(), difference.GetProperty("id").GetString()));
        (await _bench.RunAsync("verify", "--session", Bench.Session)).Succeeded();
    }

    private T Keep<T>(T owned)
        where T : IAsyncDisposable
    {
        _open.Add(owned);
        return owned;
    }

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(f => $"{Path.GetFileName(f)} {Convert.ToHexString(File.ReadAllBytes(f))}");
}
