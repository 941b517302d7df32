using HybridStore.Codec;
using HybridStore.PostgreSql;
using HybridStore.PostgreSql.Tests.Support;
using HybridStore.Redis;
using HybridStore.Redis.Tests.Support;
using Eventually = HybridStore.Redis.Tests.Support.Eventually;

namespace HybridStore.RedisPostgreSql.Tests;

/// <summary>Real servers that go away and come back, under a store with its breakers: who works with a session is not to notice, and nobody has to do anything.</summary>
public sealed class OutageTests : IAsyncDisposable
{
    private const int Records = 50;
    private static readonly AuthSessionId Session = new("clinic", "reception");
    private static readonly TimeSpan NeverInATest = TimeSpan.FromMinutes(30);

    private readonly HybridAuthStoreOptions _options = new();
    private RedisServer? _redis;
    private PostgreSqlServer? _postgres;
    private HybridAuthStore? _store;

    public OutageTests()
    {
        _options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        _options.Resilience.Cold.Retry.MaxAttempts = 1;
        _options.Resilience.Cold.Breaker.BreakDuration = TimeSpan.FromMilliseconds(500);

        // So that nothing but the end of the break brings cold what is queued.
        _options.Outbox.ReconcileInterval = Timeout.InfiniteTimeSpan;
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
        if (_redis is not null)
            await _redis.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task PostgreSqlIsAway_TheHolderReadsAndCommits_AndWhenItIsBack_WhatWasQueuedArrivesByItself()
    {
        var store = await OpenAsync();
        var session = await store.OpenAsync(Session, Cancel);
        for (var i = 0; i < Records; i++)
            await session.CommitAsync(Patch(i, 1), Cancel);

        await _postgres!.KillAsync();
        var refused = 0;
        var state = BreakerState.Closed;
        for (var round = 2; round < 6 || state == BreakerState.Closed; round++)
        {
            for (var i = 0; i < Records; i++)
            {
                var receipt = await session.CommitAsync(Patch(i, round), Cancel);
                Assert.Equal(CommitOutcome.Queued, receipt.Outcome);
                Assert.Equal((byte)round, (await session.GetAsync(Key(i), Cancel)).Value.Span[0]);
                state = store.Resilience.Cold.State;
                refused += state == BreakerState.Open ? 1 : 0;
            }
        }

        Assert.NotEqual(0, refused);
        await _postgres.StartAgainAsync();

        // Nobody calls: the break ends, one call is let through, and the rest follows it.
        await Eventually.TrueAsync(() => store.Resilience.Cold.State == BreakerState.Closed, "cold in use");
        await Eventually.TrueAsync(async () => (await store.Outbox.ShowAsync(Session, Cancel)) is not { Waiting: > 0 }, "an empty outbox");
        Assert.Equal(CommitOutcome.Persisted, (await session.CommitAsync(Patch(0, 99).Require(Durability.Persisted), Cancel)).Outcome);
    }

    [Fact]
    public async Task PostgreSqlIsRestarted_WhatTheHolderHasReadIsAnswered_EachTime()
    {
        var store = await OpenAsync();
        var session = await store.OpenAsync(Session, Cancel);
        for (var i = 0; i < Records; i++)
            await session.CommitAsync(Patch(i, 1), Cancel);

        var restart = Task.Run(
            async () =>
            {
                await _postgres!.StopAsync();
                await _postgres.StartAgainAsync();
            },
            Cancel);
        long reads = 0;
        while (!restart.IsCompleted)
        {
            var read = session.GetAsync(Key((int)(reads++ % Records)), Cancel);
            Assert.True(read.IsCompletedSuccessfully, "It was not answered from this process.");
            Assert.Equal(1, (await read).Value.Span[0]);
        }

        await restart;
        Assert.True(reads > Records);
    }

    [Fact]
    public async Task RedisIsRestarted_TheBreakerEndsWithIt_ThoughItsBreakIsLong()
    {
        _options.Resilience.Hot.Breaker.BreakDuration = NeverInATest;
        _options.Resilience.Hot.Retry.MaxAttempts = 1;
        _options.Lease.Mode = LeaseMode.Off;
        _options.MaxStaleness = TimeSpan.FromMinutes(1);
        var store = await OpenAsync();
        await store.CommitAsync(Session, Patch(0, 1), Cancel);
        await _redis!.KillAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.Equal(1, (await store.GetAsync(Session, Key(0), Cancel)).Value.Span[0]);
                return store.Resilience.Hot!.State == BreakerState.Open;
            },
            "an open breaker");

        await _redis.StartAgainAsync();

        await Eventually.TrueAsync(
            async () =>
            {
                Assert.Equal(1, (await store.GetAsync(Session, Key(0), Cancel)).Value.Span[0]);
                return store.Resilience.Hot!.State == BreakerState.Closed;
            },
            "hot in use");
    }

    private async Task<HybridAuthStore> OpenAsync()
    {
        _redis = await RedisServer.StartDurableAsync();
        _postgres = await PostgreSqlServer.StartAsync();
        var hot = new RedisHotTier(_redis.ConnectionString);
        await Eventually.ConnectedAsync(hot);
        return _store = new HybridAuthStore(new PostgreSqlColdTier(_postgres.ConnectionString), hot, _options);
    }

    private static AuthKey Key(int record) => new(AuthKeyTypes.Session, $"{record}");

    private static AuthPatch Patch(int record, int value) => new AuthPatch().Set(Key(record), new[] { (byte)value });
}
