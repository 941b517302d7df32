using HybridStore.Conformance;
using HybridStore.Redis.Tests.Support;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging;

namespace HybridStore.Redis.Tests.Connection;

/// <summary>Servers that are away, hang, come back, or lose a reply.</summary>
public sealed class RedisOutageTests : RedisTierTest
{
    [Fact]
    public async Task Begin_WithoutAServer_FailsAtOnceAndConnectsLater()
    {
        var server = await StartAsync();
        await server.KillAsync();
        var tier = Begin(server.ConnectionString);

        var e = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await ReadAsync(tier, A));
        Assert.Contains($"127.0.0.1:{server.Port}", e.Message, StringComparison.Ordinal);
        Assert.Equal("", tier.RunId);
        Assert.False((await tier.InspectAsync(Cancel)).IsConnected);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.Outbox!.QueueAsync(Commit(Patch(2)), Cancel));

        await server.StartAgainAsync();
        await Eventually.ConnectedAsync(tier);
        Assert.Null((await Eventually.AnswersAsync(() => ReadAsync(tier, A))).Meta);
        await Eventually.TrueAsync(() => Log.Lines.Any(l => l.Name == "RedisConnected"), "the log line");
    }

    [Fact]
    public async Task Restart_DuringUse_EveryCallEndsAndItGoesOn()
    {
        var server = await StartDurableAsync();
        var tier = await OpenAsync(server.ConnectionString, o => o.OperationTimeout = TimeSpan.FromSeconds(5));
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var acknowledged = new System.Collections.Concurrent.ConcurrentDictionary<AuthSessionId, long>();
        var writers = Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            var session = new AuthSessionId("clinic", $"{i}");
            for (var version = 1; !done.IsCancellationRequested; version++)
            {
                try
                {
                    if (await ApplyAsync(tier, version, session, Set("a", [1])))
                        acknowledged[session] = version;
                }
                catch (StoreUnavailableException)
                {
                    // Again with the next. Without a connection a call fails at once: a pause, or the writers leave no thread to those who reconnect.
                    await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
                }
            }
        })).ToList();

        try
        {
            for (var i = 0; i < 3; i++)
            {
                var before = acknowledged.Count == 8 ? acknowledged.Values.Max() : 0;
                await Eventually.TrueAsync(() => acknowledged.Count == 8 && acknowledged.Values.Max() > before + 10, "commits");
                await server.RestartAsync();
            }

            await Eventually.ConnectedAsync(tier);
        }
        finally
        {
            await done.CancelAsync();
            await Task.WhenAll(writers);
        }

        foreach (var (session, version) in acknowledged)
        {
            var read = await Eventually.AnswersAsync(() => tier.ReadAsync(session, [], withDataKeys: false, Cancel));
            Assert.True(read.Meta!.Version >= version);
        }
    }

    [Fact]
    [Promise(6)]
    public async Task Hanging_EveryCallHasADeadline_AndAQueuedCommitIsUnknown()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString, o => o.OperationTimeout = TimeSpan.FromSeconds(2));
        await AdoptAsync(tier);
        var patch = Patch(2, Set("a", [1]));
        server.Hang(true);
        try
        {
            var reading = Assert.ThrowsAsync<StoreUnavailableException>(async () => await ReadAsync(tier, A));
            var evicting = Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.EvictAsync(new AuthSessionId("clinic", "other"), Cancel));
            var queueing = Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await tier.Outbox!.QueueAsync(Commit(patch), Cancel));
            await reading;
            await evicting;
            Assert.Equal(patch.CommitId, (await queueing).CommitId);
        }
        finally
        {
            server.Hang(false);
        }

        // What was sent is carried out late. A repeat finds out.
        HotQueueResult? repeated = null;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    repeated = await tier.Outbox!.QueueAsync(Commit(patch), Cancel);
                    return repeated.Status == HotQueueStatus.Repeated;
                }
                catch (AuthStoreException e) when (e.IsTransient)
                {
                    return false;
                }
            },
            "the commit that was sent, or its repeat");
        Assert.Equal(2, repeated!.Version);
    }

    [Fact]
    [Promise(6)]
    public async Task ReplyLost_QueuedCommit_IsUnknownAndItsRepeatHarmless()
    {
        var server = await StartAsync();
        await using var proxy = new CuttingProxy(server.Port);
        var tier = await OpenAsync(proxy.ConnectionString);
        await AdoptAsync(tier);
        using var client = server.Connect();
        var calls = client.Calls("evalsha");
        var patch = Patch(2, Set("a", [1]));

        proxy.LoseReplies();
        var queueing = tier.Outbox!.QueueAsync(Commit(patch), Cancel).AsTask();
        await Eventually.TrueAsync(() => client.Calls("evalsha") > calls, "the commit at the server");
        proxy.Cut();

        var e = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => queueing);
        Assert.Equal(patch.CommitId, e.CommitId);
        Assert.Equal(new HotQueueResult(HotQueueStatus.Repeated, 2), await Eventually.AnswersAsync(() => tier.Outbox.QueueAsync(Commit(patch), Cancel)));
        Assert.Single(await tier.Outbox.ReadAsync(Session, 0, 10, Cancel));
    }

    [Fact]
    public async Task ReplyLost_OtherCalls_SayUnavailable()
    {
        var server = await StartAsync();
        await using var proxy = new CuttingProxy(server.Port);
        var tier = await OpenAsync(proxy.ConnectionString);
        await AdoptAsync(tier);
        using var client = server.Connect();
        var calls = client.Calls("evalsha");

        proxy.LoseReplies();
        var adopting = ApplyAsync(tier, 2, Session, Set("a", [1])).AsTask();
        await Eventually.TrueAsync(() => client.Calls("evalsha") > calls, "the call at the server");
        proxy.Cut();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => adopting);
        Assert.Equal(2, (await Eventually.AnswersAsync(() => ReadAsync(tier))).Meta!.Version);
    }

    [Fact]
    public async Task Cancelled_WhileTheServerHangs_EndsAtOnce()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString, o => o.OperationTimeout = TimeSpan.FromMinutes(1));
        server.Hang(true);
        try
        {
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            var reading = ReadAsync(tier, A).AsTask();
            var cancelled = tier.ReadAsync(Session, [A], false, cancel.Token).AsTask();
            await cancel.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
            Assert.False(reading.IsCompleted);
        }
        finally
        {
            server.Hang(false);
        }
    }

    /// <summary>Before 2.0 the driver may mix up answers, which no tier can mend.</summary>
    [Fact]
    public async Task Begin_DriverBefore2_IsToldAsAWarning()
    {
        var server = await StartAsync();
        await OpenAsync(server.ConnectionString);

        Assert.Equal(Client.Version.Major < 2, Log.Lines.Any(static l => (l.Level, l.Name) == (LogLevel.Warning, "RedisClientTooOld")));
    }

    /// <summary>The oldest driver handed out answers one by one, each only when who got the one before had gone on: to block there blocked all.</summary>
    [Fact]
    public async Task Caller_WhoBlocksOnAnAnswer_KeepsNobodyElseWaiting()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        using var release = new ManualResetEventSlim();
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // On a thread of its own: of an answer that is there already, the caller itself goes on.
        var blocking = Task.Run(
            () => ReadAsync(tier, A).AsTask().ContinueWith(
                _ =>
                {
                    blocked.SetResult();
                    release.Wait(Cancel);
                },
                Cancel,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default),
            Cancel);
        try
        {
            await blocked.Task;

            Assert.Null((await ReadAsync(tier, A)).Meta);
        }
        finally
        {
            release.Set();
            await blocking;
        }
    }

    [Fact]
    public async Task Disposed_RefusesCalls()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);

        await tier.DisposeAsync();
        await tier.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await ReadAsync(tier, A));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await tier.Outbox!.QueueAsync(Commit(Patch(2)), Cancel));
    }

    [Fact]
    public async Task Dispose_WithoutAServer_Ends()
    {
        var server = await StartAsync();
        await server.KillAsync();
        var tier = Begin(server.ConnectionString);

        await tier.DisposeAsync();
    }
}
