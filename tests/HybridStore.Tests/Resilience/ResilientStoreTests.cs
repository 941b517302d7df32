using HybridStore.Tests.Outbox;
using Polly.CircuitBreaker;
using static HybridStore.Tests.Outbox.QueueFixture;

namespace HybridStore.Tests.Resilience;

/// <summary>A store whose tiers' breakers are open: what it does without them, and what it does not even throw.</summary>
public sealed class ResilientStoreTests : IAsyncDisposable
{
    private static readonly AsyncLocal<List<Exception>?> Thrown = new();
    private readonly QueueFixture _fixture = new();
    private readonly Support.StoreFixture _plain = new();

    static ResilientStoreTests() => AppDomain.CurrentDomain.FirstChanceException += static (_, e) =>
    {
        if (Thrown.Value is { } list)
        {
            lock (list)
                list.Add(e.Exception);
        }
    };

    [Fact]
    public async Task ColdIsRefused_WhatMayBeQueued_IsQueued_AndNothingIsThrown()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await process.Store.Resilience.IsolateAsync(AuthTier.Cold, Cancel);
        var asked = process.Cold.Probe.Calls;
        var receipts = new List<CommitReceipt>();

        var thrown = await CountAsync(async () =>
        {
            for (byte i = 2; i < 12; i++)
                receipts.Add(await session.CommitAsync(Put(A, i), Cancel));
        });

        Assert.Empty(thrown);
        Assert.All(receipts, static r => Assert.Equal((CommitOutcome.Queued, false), (r.Outcome, r.IsRepeat)));
        Assert.Equal(asked, process.Cold.Probe.Calls);
        Assert.Equal([11], (await session.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task ColdIsRefused_WhatMustBePersisted_IsRefused_AndSaysSo()
    {
        var (process, session) = await _fixture.OpenAsync();
        await process.Store.Resilience.IsolateAsync(AuthTier.Cold, Cancel);

        var refused = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await session.CommitAsync(Put(A, 2).Require(Durability.Persisted), Cancel));

        Assert.True(refused.IsBreakerOpen);
        await process.Store.Resilience.ReleaseAsync(AuthTier.Cold, Cancel);
        Assert.Equal(CommitOutcome.Persisted, (await session.CommitAsync(Put(A, 3), Cancel)).Outcome);
        Assert.Equal(2, await _fixture.ColdVersionAsync());
    }

    [Fact]
    public async Task ColdFails_TheBreakerOpens_AndWhenColdIsBack_ItDrainsByItself()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        for (byte i = 2; i < 30; i++)
            Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(Put(A, i), Cancel)).Outcome);
        Assert.Equal(BreakerState.Open, process.Store.Resilience.Cold.State);
        process.FindCold();

        // Nobody calls: who waits is woken when the break is over, and is the call that is let through. Cold has its commits before the breaker has its answer.
        await _fixture.UntilAsync(
            async () => await _fixture.ColdVersionAsync() >= 29 && process.Store.Resilience.Cold.State == BreakerState.Closed,
            TimeSpan.FromSeconds(1));

        Assert.Equal(CommitOutcome.Persisted, (await session.CommitAsync(Put(A, 99), Cancel)).Outcome);
    }

    [Fact]
    public async Task ColdFailsAndIsBackWithinTheBreak_TheLeaseIsKept()
    {
        await using var fixture = new Support.StoreFixture();
        var (store, cold, _) = fixture.Open();
        await using var session = await store.OpenAsync(fixture.Session, Cancel);
        cold.OnRead = static () => throw new StoreUnavailableException("sqlite", "It is down.");
        cold.FaultyLeases.BeforeRenew = static () => throw new StoreUnavailableException("sqlite", "It is down.");
        for (var i = 0; i < 10; i++)
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.GetAsync(new AuthSessionId("clinic", $"other{i}"), A, Cancel));
        Assert.Equal(BreakerState.Open, store.Resilience.Cold.State);
        cold.OnRead = null;
        cold.FaultyLeases.BeforeRenew = null;

        // Less than the break, and longer than the lease is believed in without being extended.
        for (var i = 0; i < 29; i++)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            await store.Heartbeat;
        }

        Assert.Equal(BreakerState.Open, store.Resilience.Cold.State);
        Assert.True(session.HoldsLease);
        Assert.False(session.LeaseLost.IsCancellationRequested);
    }

    [Fact]
    public async Task HotIsRefused_ColdAnswers_HotIsNotAsked_AndNothingIsThrown()
    {
        var (store, cold, hot) = _plain.Open();
        await store.CommitAsync(_plain.Session, Put(A, 1), Cancel);
        hot.IsDown = true;
        for (var i = 0; store.Resilience.Hot!.State == BreakerState.Closed; i++)
            Assert.Equal([1], (await store.GetAsync(_plain.Session, A, Cancel)).Value.ToArray());
        var (reads, calls) = (cold.Reads, hot.Calls);

        var thrown = await CountAsync(async () =>
        {
            for (byte i = 2; i < 12; i++)
            {
                await store.CommitAsync(_plain.Session, Put(A, i), Cancel);
                Assert.Equal([i], (await store.GetAsync(_plain.Session, A, Cancel)).Value.ToArray());
                Assert.Equal([i], (await store.GetManyAsync(_plain.Session, [A], Cancel))[0].Value.ToArray());
            }
        });

        Assert.Empty(thrown);
        Assert.Equal((calls, reads + 20), (hot.Calls, cold.Reads));
    }

    [Fact]
    public async Task HotIsBack_AfterTheBreak_ItIsAskedOnce_AndNeverBelievedWhereItIsBehind()
    {
        var (store, _, hot) = _plain.Open();
        await store.CommitAsync(_plain.Session, Put(A, 1), Cancel);
        Assert.Equal([1], (await store.GetAsync(_plain.Session, A, Cancel)).Value.ToArray());
        hot.IsDown = true;
        for (var i = 0; store.Resilience.Hot!.State == BreakerState.Closed; i++)
            await store.GetAsync(_plain.Session, A, Cancel);
        await store.CommitAsync(_plain.Session, Put(A, 2), Cancel);
        hot.IsDown = false;
        _plain.Time.Advance(TimeSpan.FromSeconds(30.1));

        Assert.Equal([2], (await store.GetAsync(_plain.Session, A, Cancel)).Value.ToArray());
        Assert.Equal(BreakerState.Closed, store.Resilience.Hot!.State);
    }

    [Fact]
    public async Task Isolated_Hot_IsNotAsked_AndReleased_IsAgain()
    {
        var (store, _, hot) = _plain.Open();
        await store.Resilience.IsolateAsync(AuthTier.Hot, Cancel);
        await store.CommitAsync(_plain.Session, Put(A, 1), Cancel);
        Assert.Equal(0, hot.Calls);

        await store.Resilience.ReleaseAsync(AuthTier.Hot, Cancel);
        Assert.Equal([1], (await store.GetAsync(_plain.Session, A, Cancel)).Value.ToArray());

        Assert.NotEqual(0, hot.Calls);
    }

    [Fact]
    public async Task WithoutHot_ThereIsNothingToIsolate()
    {
        var (store, _, _) = _plain.Open(withHot: false);

        Assert.Null(store.Resilience.Hot);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.Resilience.IsolateAsync(AuthTier.Hot, Cancel));
    }

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        await _plain.DisposeAsync();
    }

    /// <summary>What is thrown of unavailable tiers and open breakers while something is done, caught or not.</summary>
    private static async Task<List<Exception>> CountAsync(Func<Task> act)
    {
        var list = new List<Exception>();
        Thrown.Value = list;
        try
        {
            await act();
        }
        finally
        {
            Thrown.Value = null;
        }

        lock (list)
            return [.. list.Where(static e => e is AuthStoreException or BrokenCircuitException)];
    }
}
