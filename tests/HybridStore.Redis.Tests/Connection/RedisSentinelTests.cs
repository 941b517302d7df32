using HybridStore.Conformance;
using HybridStore.Redis.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.Redis.Tests.Connection;

/// <summary>A master that is replaced by its replica: another run, which may lack the newest writes.</summary>
public sealed class RedisSentinelTests : RedisTierTest
{
    private const string Records = "hybridstore:{clinic/reception}:r";

    [Fact]
    public async Task Sentinel_IsAskedForTheMaster()
    {
        var sentinel = await BeginAsync();
        var tier = await OpenAsync(sentinel.ConnectionString);

        Assert.Equal(RunOf(sentinel.Master), tier.RunId);
        Assert.Equal([$"127.0.0.1:{sentinel.Master.Port}"], (await tier.InspectAsync(Cancel)).Masters);
        Assert.True(await ApplyAsync(tier, 1, Session, Set("a", [1])));
        Assert.Equal("1", sentinel.Master.Send("EXISTS", Records));
    }

    /// <summary>What the replica has was written under another run: nothing of it is taken for verified, and nothing is queued onto it, before somebody has looked.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Promise(4)]
    public async Task Sentinel_FailsOver_TheNewRunIsSeenAndNothingOfTheOldIsBelieved(bool masterDies)
    {
        var sentinel = await BeginAsync();
        var tier = await OpenAsync(sentinel.ConnectionString, o => o.OperationTimeout = TimeSpan.FromSeconds(5));
        await AdoptAsync(tier);
        Assert.Equal(HotQueueStatus.Queued, (await tier.Outbox!.QueueAsync(Commit(Patch(2, Set("a", [1]))), Cancel)).Status);
        await sentinel.ReplicatedAsync(Records);
        var (before, after) = (RunOf(sentinel.Master), RunOf(sentinel.Replica));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var dead = new StrongBox();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReadUntilAsync(tier, before, dead, stop.Token), Cancel)).ToList();

        if (masterDies)
        {
            await sentinel.Master.KillAsync();
            dead.Value = true;
            await sentinel.FailedOverAsync();
        }
        else
        {
            await sentinel.FailOverAsync();
        }

        // While both are masters, for a moment, they are a run together, under which nothing was verified either.
        Assert.All(await Task.WhenAll(readers), read => Assert.Equal((before, false), (read.Meta!.RunId, read.RunId == before)));
        await Eventually.TrueAsync(async () => (await tier.InspectAsync(Cancel)).RunId == after, "the new master's run");
        Assert.Equal(new HotQueueResult(HotQueueStatus.NoMeta, 2), await RetriedAsync(() => tier.Outbox.QueueAsync(Commit(Patch(3, Set("a", [2]))), Cancel)));
        Assert.Equal([2], (await RetriedAsync(() => tier.Outbox.ReadAsync(Session, 0, 10, Cancel))).Select(e => e.Patch.Version));

        // It heals: cold was looked at, which has the version that waits, and the session goes on there.
        var adoption = new HotAdoption { Session = Session, Meta = Meta(tier, 2), ValidFor = TimeSpan.FromHours(1) };
        await Eventually.TrueAsync(async () => await TryAsync(async () => new Adopted(await tier.Outbox.AdoptAsync(adoption, Cancel))) is { Version: 2 }, "the session on the new master");
        var next = Patch(3, Set("a", [2]));
        Assert.Equal(3, (await RetriedAsync(() => tier.Outbox.QueueAsync(Commit(next), Cancel))).Version);
        Assert.Equal([3], (await RetriedAsync(() => tier.Outbox.ReadAsync(Session, 0, 10, Cancel))).Select(e => e.Patch.Version));
        Assert.Equal(3, (await RetriedAsync(() => ReadAsync(tier, A))).Meta!.Version);
    }

    private async Task<RedisSentinel> BeginAsync()
    {
        Client.Needs(2, "Sentinel");
        return Keep(await RedisSentinel.StartAsync());
    }

    private static string RunOf(RedisServer server) =>
        server.Send("INFO", "server").Split('\n').Single(l => l.StartsWith("run_id:", StringComparison.Ordinal))[7..].TrimEnd('\r');

    private static async Task<HotRead> ReadUntilAsync(RedisHotTier tier, string before, StrongBox dead, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var isDead = dead.Value;
            if (await TryAsync(() => ReadAsync(tier, A)) is not { } read)
                continue;
            if (read.RunId != before)
                return read;
            Assert.False(isDead, "A read that began after the master was dead was told as one of its run.");
        }
    }

    // The old master closes its connections when it becomes a replica, at a time of its own.
    private static async Task<T> RetriedAsync<T>(Func<ValueTask<T>> call)
        where T : class
    {
        T? result = null;
        await Eventually.TrueAsync(async () => (result = await TryAsync(call)) is not null, "an answer");
        return result!;
    }

    private static async Task<T?> TryAsync<T>(Func<ValueTask<T>> call)
        where T : class
    {
        try
        {
            return await call();
        }
        catch (AuthStoreException e) when (e.IsTransient)
        {
            return null;
        }
    }

    private sealed record Adopted(long? Version);

    private sealed class StrongBox
    {
        private volatile bool _value;

        public bool Value
        {
            get => _value;
            set => _value = value;
        }
    }
}
