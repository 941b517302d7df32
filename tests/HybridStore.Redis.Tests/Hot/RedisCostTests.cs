using HybridStore.Conformance;
using HybridStore.Redis.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.Redis.Tests.Hot;

/// <summary>What calls cost, counted by the server.</summary>
public sealed class RedisCostTests : RedisTierTest
{
    [Fact]
    [Promise(11)]
    public async Task Read_AnyNumberOfRecords_IsOneCommand()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        await ApplyAsync(tier, 1, Session, Set("a", [1]));
        using var client = server.Connect();
        var before = Commands(client);

        await ReadAsync(tier, A);
        await ReadAsync(tier, [.. Enumerable.Range(0, 500).Select(i => new AuthKey("session", $"{i}"))]);
        await tier.ReadAsync(Session, [A], withDataKeys: true, Cancel);

        Assert.Equal(("hmget", 3), Assert.Single(Difference(before, Commands(client))));
    }

    [Fact]
    [Promise(11)]
    public async Task Queue_AnyNumberOfPatches_IsOneCall()
    {
        var server = await StartDurableAsync();
        var tier = await OpenAsync(server.ConnectionString);
        await AdoptAsync(tier);
        using var client = server.Connect();
        var before = client.Calls("evalsha");

        await tier.Outbox!.QueueAsync(Commit(Patch(2, Set("a", [1]))), Cancel);
        await tier.Outbox.QueueAsync(Commit(Patch(3, Set("b", [1])), Patch(4, Set("c", [1]), Set("d", [1]))), Cancel);

        Assert.Equal(2, client.Calls("evalsha") - before);
        Assert.Equal(0, client.Calls("eval"));
    }

    [Fact]
    [Promise(11)]
    public async Task Cost_InASessionOf200000Records_IsThatOfASmallOne()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        var large = new AuthSessionId("clinic", "large");
        await AdoptAsync(tier, session: large);
        await AdoptAsync(tier, session: Session);
        for (var i = 0; i < 200_000; i += 20_000)
            Assert.True(await ApplyAsync(tier, 2 + (i / 20_000), large, [.. Enumerable.Range(i, 20_000).Select(id => Set($"{id}", [1]))]));
        for (var version = 2; version < 12; version++)
            Assert.True(await ApplyAsync(tier, version, Session, Set("0", [1])));
        using var client = server.Connect();
        Assert.True(long.Parse(client.Send("HLEN", "hybridstore:{clinic/large}:r"), System.Globalization.CultureInfo.InvariantCulture) > 200_000);

        var inSmall = await CostAsync(tier, client, Session);
        var inLarge = await CostAsync(tier, client, large);

        Assert.Equal(inSmall, inLarge);
    }

    [Fact]
    [Promise(11)]
    public async Task Nothing_SearchesForKeys()
    {
        var server = await StartDurableAsync();
        var tier = await OpenAsync(server.ConnectionString);
        await AdoptAsync(tier);
        await tier.Outbox!.QueueAsync(Commit(Patch(2, Set("a", [1]))), Cancel);
        await tier.EvictAsync(Session, Cancel);
        await AdoptAsync(tier, 2);
        await tier.Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, 2, Cancel);
        await tier.Outbox.DiscardAsync(new LeaseRef(Session, 2), 1, Cancel);

        using var client = server.Connect();
        Assert.All((string[])["keys", "scan", "hgetall", "hscan", "hkeys", "del", "flushall", "flushdb", "script|flush"], c => Assert.Equal(0, client.Calls(c)));
    }

    private static async Task<List<(string, long)>> CostAsync(RedisHotTier tier, RespClient client, AuthSessionId session)
    {
        var before = Commands(client);
        var commit = Patch(12, Set("1", [2]), new SealedChange(new AuthKey("session", "2"), null));
        var queued = await tier.Outbox!.QueueAsync(
            new QueuedCommit { Session = session, Incarnation = 1, Epoch = 1, Patches = [commit], GoodUntil = DateTimeOffset.UnixEpoch.AddDays(30_000) }, Cancel);
        Assert.Equal(HotQueueStatus.Queued, queued.Status);
        Assert.Single(await tier.Outbox.ReadAsync(session, 11, 10, Cancel));
        await tier.Outbox.AcknowledgeAsync(new LeaseRef(session, 1), 1, 12, Cancel);
        Assert.Equal(12, (await tier.ReadAsync(session, [new AuthKey("session", "1")], false, Cancel)).Records[0]!.Value.Version);
        return Difference(before, Commands(client));
    }

    private static Dictionary<string, long> Commands(RespClient client) =>
        client.Send("INFO", "commandstats").Split('\n').Where(l => l.StartsWith("cmdstat_", StringComparison.Ordinal)).ToDictionary(
            l => l[8..l.IndexOf(':', StringComparison.Ordinal)],
            l => long.Parse(l.Split('=', ',')[1], System.Globalization.CultureInfo.InvariantCulture));

    // What the driver and the test itself send by the way is none of the tier's.
    private static List<(string, long)> Difference(Dictionary<string, long> before, Dictionary<string, long> after) =>
        [.. after.Where(c => c.Key is not ("info" or "ping" or "config|get" or "client|setname" or "subscribe" or "get" or "echo" or "script|load") && c.Value != before.GetValueOrDefault(c.Key))
            .Select(c => (c.Key, c.Value - before.GetValueOrDefault(c.Key))).Order()];
}
