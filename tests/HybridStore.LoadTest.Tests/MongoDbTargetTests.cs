using HybridStore.LoadTest.MongoDb;
using HybridStore.LoadTest.Targets;
using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Tests;

/// <summary>The targets on MongoDB, on the server that the environment names.</summary>
[Collection("counted")]
public class MongoDbTargetTests
{
    [Fact]
    public async Task Without_a_server_they_are_not_listed_and_the_reason_is_told()
    {
        await using var servers = new LoadServers(mongoDb: "");

        Assert.Empty(TargetCatalog.NamesOn(servers).Intersect(TargetCatalog.MongoDbNames));
        Assert.Equal(4, TargetCatalog.MongoDbNames.Count);
        foreach (var name in TargetCatalog.MongoDbNames)
        {
            var refused = await Assert.ThrowsAsync<ArgumentException>(() => TargetCatalog.OpenAsync(name, servers));
            Assert.Equal($"The target {name} needs a MongoDB: {servers.MongoDbLack}.", refused.Message);
        }
    }

    // Until a target is opened it is not asked for anything.
    [Fact]
    public async Task With_a_server_they_are_listed_where_the_driver_is_there()
    {
        await using var servers = new LoadServers(mongoDb: "mongodb://nowhere.invalid");

        Assert.Equal(
            servers.MongoDbLack is null ? TargetCatalog.MongoDbNames : [],
            TargetCatalog.NamesOn(servers).Intersect(TargetCatalog.MongoDbNames));
        Assert.Equal(servers.MongoDbLack, MongoDbDriver.LackOf("mongodb://nowhere.invalid"));
    }

    [Theory]
    [InlineData("redis+mongodb")]
    [InlineData("mongodb")]
    [InlineData("raw redis+mongodb")]
    [InlineData("raw mongodb")]
    public async Task Each_gives_back_what_it_was_given(string name)
    {
        await using var servers = new LoadServers(Address());

        foreach (var trace in new[] { TraceKind.Steady, TraceKind.Reconnect })
        {
            // To its end, however slow the server is.
            var result = await TinyPlay.RunAsync(name, TinyPlay.Options(trace) with { Callers = 4, Limit = TimeSpan.FromMinutes(10) }, servers);

            Assert.True(result is { Failures: 0, Mismatches: 0 }, result.FirstFailure);
            Assert.Equal(result.Planned, result.Played);
            Assert.True(result.Bytes is { ColdSent: > 0, ColdReceived: > 0, Wal: 0 });
        }
    }

    [Fact]
    public async Task What_the_driver_counts_is_what_goes_over_the_wire()
    {
        var there = Uri.TryCreate(Address(), UriKind.Absolute, out var uri) && uri.IsLoopback && uri.UserInfo.Length == 0 ? uri : null;
        Assert.SkipWhen(there is null, $"{MongoDbDriver.Variable} names no single server of this machine that lets everybody in.");
        await using var wire = new CountingWire(there.Port);
        await using var servers = new LoadServers($"mongodb://127.0.0.1:{wire.Port}/?directConnection=true");
        await using var records = await servers.MongoDb.OpenRawAsync(servers.NewName());
        var (before, sent, received) = (await servers.TrafficAsync(), wire.Sent, wire.Received);

        var keys = Enumerable.Range(0, 100).Select(static i => new AuthKey("session", $"{i}")).ToArray();
        foreach (var key in keys)
            await records.WriteAsync("bot", [new RecordWrite(key, new byte[3000])]);
        await records.WriteAsync("bot", [.. keys.Select(static k => new RecordWrite(k, new byte[3000]))]);
        foreach (var key in keys)
            Assert.Equal(3000, (await records.ReadAsync("bot", key))!.Value.Length);

        var counted = await servers.TrafficAsync() - before;
        Assert.True(counted is { ColdSent: > 600_000, ColdReceived: > 300_000, HotSent: 0, HotReceived: 0 });
        Assert.InRange(counted.ColdSent, (wire.Sent - sent) * 0.99, (wire.Sent - sent) * 1.01);
        Assert.InRange(counted.ColdReceived, (wire.Received - received) * 0.99, (wire.Received - received) * 1.01);
    }

    [Fact]
    public async Task What_was_made_is_dropped()
    {
        await using var servers = new LoadServers(Address());
        await using var before = await servers.MongoDb.OpenRawAsync("before");
        await before.WriteAsync("bot", [new RecordWrite(new AuthKey("creds", "me"), [1])]);
        Assert.NotNull(await before.ReadAsync("bot", new AuthKey("creds", "me")));

        await servers.EmptyAsync();

        Assert.Null(await before.ReadAsync("bot", new AuthKey("creds", "me")));
    }

    /// <summary>The connection string; where there is none, the test is skipped.</summary>
    private static string Address()
    {
        var address = Environment.GetEnvironmentVariable(MongoDbDriver.Variable);
        var lack = MongoDbDriver.LackOf(address);
        Assert.SkipUnless(lack is null && TinyPlay.HasRedis, $"This test needs a MongoDB and a redis-server: {lack ?? "the latter is not there"}.");
        return address!;
    }
}
