using HybridStore.Redis.Tests.Support;
using HybridStore.Tiers;
using StackExchange.Redis;

namespace HybridStore.Redis.Tests.Hot;

public sealed class RedisClusterTests : RedisTierTest
{
    private static readonly AuthSessionId[] Sessions = [.. Enumerable.Range(0, 24).Select(i => new AuthSessionId("clinic}", $"{{{i}"))];

    [Fact]
    public async Task Sessions_OnAllNodes_AreCommittedReadAndDrained()
    {
        var cluster = Keep(await RedisCluster.StartAsync());
        var tier = await OpenWholeAsync(cluster);

        await Task.WhenAll(Sessions.Select(s => RunAsync(tier, s)));

        Assert.All(cluster.Nodes, n => Assert.NotEqual("0", n.Send("DBSIZE")));
        Assert.Equal(Sessions.Length, (await tier.Outbox!.RenewAsync([.. Sessions.Select(s => new LeaseRef(s, 1))], TimeSpan.FromMinutes(1), Cancel)).Count(r => r == true));
        Assert.True((await tier.ReadAsync(Sessions[0], [], false, Cancel)).Outbox!.HolderLives);
    }

    [Fact]
    public async Task Node_ThatStartsAnew_IsAnotherRunForAll()
    {
        var cluster = Keep(await RedisCluster.StartAsync());
        var tier = await OpenWholeAsync(cluster);
        await Task.WhenAll(Sessions.Select(s => RunAsync(tier, s)));
        var run = tier.RunId;

        await cluster.Nodes[1].RestartAsync();
        await cluster.WholeAsync();

        foreach (var session in Sessions)
        {
            HotQueueResult? result = null;
            await Eventually.TrueAsync(
                async () =>
                {
                    try
                    {
                        result = await tier.Outbox!.QueueAsync(CommitOf(session, Patch(3, Set("a", [3]))), Cancel);
                        return result.Status == HotQueueStatus.NoMeta;
                    }
                    catch (AuthStoreException e) when (e.IsTransient)
                    {
                        return false;
                    }
                },
                "the new run");
            Assert.Equal(new HotQueueResult(HotQueueStatus.NoMeta, 2), result);
        }

        Assert.NotEqual(run, tier.RunId);
    }

    [Fact]
    public async Task Scripts_FlushedOnOneNode_AreThereAgain()
    {
        var cluster = Keep(await RedisCluster.StartAsync());
        var tier = await OpenWholeAsync(cluster);
        var run = tier.RunId;

        cluster.Nodes[2].Send("SCRIPT", "FLUSH");

        await Task.WhenAll(Sessions.Select(s => RunAsync(tier, s)));
        Assert.Equal(run, tier.RunId);
    }

    [Fact]
    public async Task Connection_OfTheApplicationWithoutAdmin_IsRefusedByName()
    {
        var cluster = Keep(await RedisCluster.StartAsync());
        using var shared = await ConnectionMultiplexer.ConnectAsync(cluster.ConnectionString, null);
        var tier = Keep(new RedisHotTier(shared, new RedisHotTierOptions { OperationTimeout = TimeSpan.FromSeconds(30) }));

        var e = await Assert.ThrowsAsync<StoreUnusableException>(async () => await ReadAsync(tier, A));

        Assert.Contains("allowAdmin", e.Message, StringComparison.Ordinal);
    }

    /// <summary>A tier that has reached all three: until then, their run is another.</summary>
    private async Task<RedisHotTier> OpenWholeAsync(RedisCluster cluster)
    {
        var tier = await OpenAsync(cluster.ConnectionString);
        await Eventually.TrueAsync(async () => (await tier.InspectAsync(Cancel)).Masters.Count == 3, "all masters");
        return tier;
    }

    private static QueuedCommit CommitOf(AuthSessionId session, SealedPatch patch) =>
        new() { Session = session, Incarnation = 1, Epoch = 1, Patches = [patch], GoodUntil = DateTimeOffset.UnixEpoch.AddDays(30_000) };

    private static async Task RunAsync(RedisHotTier tier, AuthSessionId session)
    {
        await AdoptAsync(tier, session: session);
        Assert.Equal(HotQueueStatus.Queued, (await tier.Outbox!.QueueAsync(CommitOf(session, Patch(2, Set("a", [2]))), Cancel)).Status);
        Assert.Equal([2], (await tier.Outbox.ReadAsync(session, 0, 10, Cancel)).Select(e => e.Patch.Version));
        Assert.Equal([2], (await tier.ReadAsync(session, [A], false, Cancel)).Records[0]!.Value.Envelope.ToArray());
        await tier.Outbox.AcknowledgeAsync(new LeaseRef(session, 1), 1, 2, Cancel);
        Assert.True((await tier.ReadAsync(session, [], false, Cancel)).Outbox!.IsEmpty);
    }
}
