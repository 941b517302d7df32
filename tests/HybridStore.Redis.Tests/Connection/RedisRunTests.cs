using HybridStore.Conformance;
using HybridStore.Redis.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.Redis.Tests.Connection;

/// <summary>The run that an answer is from, and the scripts that belong to it.</summary>
public sealed class RedisRunTests : RedisTierTest
{
    [Fact]
    public async Task RunId_IsTheServers()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);

        Assert.Equal(RunOf(server), tier.RunId);
        Assert.Equal(tier.RunId, (await ReadAsync(tier)).RunId);
    }

    [Theory]
    [InlineData("SCRIPT", "FLUSH")]
    [InlineData("FLUSHALL")]
    public async Task Scripts_AfterAFlush_AreThereAgain(params string[] flush)
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        await AdoptAsync(tier);
        var run = tier.RunId;

        server.Send(flush);

        var queued = await tier.Outbox!.QueueAsync(Commit(Patch(2, Set("a", [1]))), Cancel);
        Assert.Equal(flush[0] == "SCRIPT" ? HotQueueStatus.Queued : HotQueueStatus.NoMeta, queued.Status);
        Assert.Equal(run, tier.RunId);
    }

    /// <summary>What a restarted server says of itself is believed as little as what it lost: the first answer after it names the new run.</summary>
    [Fact]
    [Promise(4)]
    public async Task Read_RightAfterARestart_NamesTheNewRun()
    {
        var server = await StartDurableAsync();
        var tier = await OpenAsync(server.ConnectionString);
        for (var round = 0; round < 3; round++)
        {
            await ApplyAsync(tier, round + 1, Session, Set("a", [1]));
            var before = tier.RunId;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReadUntilAsync(tier, before, stop.Token), Cancel)).ToList();

            await server.RestartAsync();

            var run = RunOf(server);
            Assert.All(await Task.WhenAll(readers), read => Assert.Equal((run, before), (read.RunId, read.Meta!.RunId)));
        }
    }

    /// <summary>A commit that was sent to one run is not taken by the next: it may have lost what came before.</summary>
    [Fact]
    [Promise(2)]
    public async Task Queue_RightAfterARestart_IsNotTaken()
    {
        var server = await StartDurableAsync();
        var tier = await OpenAsync(server.ConnectionString);
        await AdoptAsync(tier);
        Assert.Equal(HotQueueStatus.Queued, (await tier.Outbox!.QueueAsync(Commit(Patch(2, Set("a", [1]))), Cancel)).Status);

        await server.RestartAsync();

        HotQueueResult? result = null;
        await Eventually.TrueAsync(async () => (result = await TryAsync(() => tier.Outbox.QueueAsync(Commit(Patch(3, Set("a", [2]))), Cancel))) is not null, "the connection");
        Assert.Equal(new HotQueueResult(HotQueueStatus.NoMeta, 2), result);
        Assert.Equal([2], (await tier.Outbox.ReadAsync(Session, 0, 10, Cancel)).Select(e => e.Patch.Version));
    }

    /// <summary>The server keeps no script over a restart, by AOF or RDB: what was loaded for one run is unknown to the next.</summary>
    [Theory]
    [InlineData("yes", "")]
    [InlineData("no", "3600 1")]
    public async Task Scripts_OfTheRunBefore_AreUnknownToTheServer(string appendOnly, string save)
    {
        var server = Keep(await RedisServer.StartAsync("--appendonly", appendOnly, "--appendfsync", "always", "--save", save));
        var tier = await OpenAsync(server.ConnectionString);
        await ApplyAsync(tier, 1, Session, Set("a", [1]));
        var text = HybridStore.Redis.Connection.ScriptLibrary.For(tier.RunId)[0];
#pragma warning disable CA5350 // It is how Redis names scripts.
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA1.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
        Assert.Equal("1", server.Send("SCRIPT", "EXISTS", hash));
        if (save.Length > 0)
            server.Send("SAVE");

        await tier.DisposeAsync();
        await server.RestartAsync();

        Assert.Equal("0", server.Send("SCRIPT", "EXISTS", hash));
        Assert.Equal("1", server.Send("EXISTS", "hybridstore:{clinic/reception}:r"));
    }

    [Fact]
    public void Scripts_HoldTheRun_AndNothingThatIsNotOne()
    {
        Assert.All(HybridStore.Redis.Connection.ScriptLibrary.For("abc123"), s => Assert.Contains("local RUN = 'abc123'", s, StringComparison.Ordinal));
        Assert.All(HybridStore.Redis.Connection.ScriptLibrary.For("abc123"), s => Assert.DoesNotContain("@", s, StringComparison.Ordinal));
        Assert.Throws<StoreUnavailableException>(() => HybridStore.Redis.Connection.ScriptLibrary.For("a' .. os.exit() .. '"));
    }

    private static string RunOf(RedisServer server) =>
        server.Send("INFO", "server").Split('\n').Single(l => l.StartsWith("run_id:", StringComparison.Ordinal))[7..].TrimEnd('\r');

    private static async Task<HotRead> ReadUntilAsync(RedisHotTier tier, string before, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await TryAsync(() => ReadAsync(tier, A)) is { } read && read.RunId != before)
                return read;
        }
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
}
