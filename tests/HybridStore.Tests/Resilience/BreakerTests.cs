namespace HybridStore.Tests.Resilience;

/// <summary>When a tier is no longer asked, and when it is again.</summary>
public sealed class BreakerTests : IDisposable
{
    private readonly PipelineFixture _fixture = new();

    [Fact]
    public async Task HalfOfTenCallsFail_Opens_AndRefusesWithoutAsking()
    {
        for (var i = 0; i < 5; i++)
        {
            await _fixture.AnswerAsync();
            Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
            await _fixture.FailAsync();
        }

        Assert.Equal(BreakerState.Open, _fixture.Pipeline.State);
        var asked = _fixture.Calls;
        var refused = Assert.IsType<StoreUnavailableException>(await _fixture.FailAsync());
        Assert.Equal((asked, true, TimeSpan.FromSeconds(30)), (_fixture.Calls, refused.IsBreakerOpen, refused.RetryAfter));
        Assert.Contains("It is down.", refused.Message, StringComparison.Ordinal);
        Assert.True(_fixture.Pipeline.Refuses(null));
    }

    [Fact]
    public async Task NineCalls_OrFewerThanHalf_StaysClosed()
    {
        for (var i = 0; i < 9; i++)
            await _fixture.FailAsync();
        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);

        for (var i = 0; i < 10; i++)
            await _fixture.AnswerAsync();
        await _fixture.FailAsync();

        Assert.Equal(BreakerState.Open, _fixture.Pipeline.State);
        await _fixture.Pipeline.ReleaseAsync(PipelineFixture.Cancel);
        for (var i = 0; i < 20; i++)
        {
            await _fixture.AnswerAsync();
            await _fixture.AnswerAsync();
            await _fixture.FailAsync();
        }

        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
    }

    [Fact]
    public async Task FailuresOfLongAgo_DoNotCount()
    {
        for (var i = 0; i < 9; i++)
            await _fixture.FailAsync();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(11));
        await _fixture.FailAsync();

        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
    }

    public static TheoryData<Exception> Answers =>
    [
        new CommitConflictException(new AuthSessionId("t", "s"), null, 1, 2),
        new FencedException(new AuthSessionId("t", "s"), 1, 2),
        new InvalidAuthInputException(AuthInputPart.Id, AuthInputFault.Empty, "empty"),
        new StoreUnusableException("tier", StoreUnusableReason.Full, "full"),
        new OperationCanceledException(),
        new ObjectDisposedException("tier"),
        new StoreUnavailableException("tier", "A breaker of its own is open.") { IsBreakerOpen = true },
    ];

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task WhatTheTierAnswers_OrTheCallerCancels_IsNoFailure(Exception answer)
    {
        for (var i = 0; i < 30; i++)
            Assert.Same(answer, await _fixture.FailAsync(answer));

        Assert.Equal((BreakerState.Closed, 30), (_fixture.Pipeline.State, _fixture.Calls));
    }

    [Fact]
    public async Task UnknownOutcomes_AreFailures()
    {
        for (var i = 0; i < 10; i++)
            await _fixture.FailAsync(new CommitOutcomeUnknownException(new AuthSessionId("t", "s"), CommitId.New()));

        Assert.Equal(BreakerState.Open, _fixture.Pipeline.State);
    }

    [Fact]
    public async Task AfterTheBreak_OneCallIsLetThrough_AndItsAnswerCloses()
    {
        await _fixture.OpenAsync();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(29.9));
        Assert.True(Assert.IsType<StoreUnavailableException>(await _fixture.FailAsync()).IsBreakerOpen);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.False(_fixture.Pipeline.Refuses(null));

        var asked = _fixture.Calls;
        var answer = new TaskCompletionSource<int>();
        var probe = _fixture.RunAsync(() => new ValueTask<int>(answer.Task)).AsTask();
        await Support.StoreFixture.UntilAsync(() => _fixture.Pipeline.State == BreakerState.HalfOpen && _fixture.Calls == asked + 1);
        Assert.True(Assert.IsType<StoreUnavailableException>(await _fixture.FailAsync()).IsBreakerOpen);
        Assert.Equal(asked + 1, _fixture.Calls);
        answer.SetResult(7);

        Assert.Equal(7, await probe);
        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
    }

    [Fact]
    public async Task WhenTheBreakIsJustOver_ACallIsLetThrough()
    {
        await _fixture.OpenAsync();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromTicks(1));
        Assert.True(_fixture.Pipeline.Refuses(null));
        _fixture.Clock.Advance(TimeSpan.FromTicks(1));

        Assert.False(_fixture.Pipeline.Refuses(null));
        await _fixture.AnswerAsync();
        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
    }

    [Fact]
    public async Task WhileTheOneCallIsUnderWay_OthersAreRefusedForAnotherBreak_AndForAsLongAsItTakes()
    {
        await _fixture.OpenAsync();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(31));
        var asked = _fixture.Calls;
        var answer = new TaskCompletionSource<int>();
        var probe = _fixture.RunAsync(() => new ValueTask<int>(answer.Task)).AsTask();
        await Support.StoreFixture.UntilAsync(() => _fixture.Calls == asked + 1);

        Assert.True(_fixture.Pipeline.Refuses(null));
        Assert.Equal(TimeSpan.FromSeconds(30), Assert.IsType<StoreUnavailableException>(await _fixture.FailAsync()).RetryAfter);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(TimeSpan.Zero, Assert.IsType<StoreUnavailableException>(await _fixture.FailAsync()).RetryAfter);

        answer.SetResult(1);
        await probe;
        Assert.False(_fixture.Pipeline.Refuses(null));
    }

    [Fact]
    public async Task AfterTheBreak_AFailureOpensAgain()
    {
        await _fixture.OpenAsync();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(30.1));

        Assert.False(Assert.IsType<StoreUnavailableException>(await _fixture.FailAsync()).IsBreakerOpen);

        Assert.Equal(BreakerState.Open, _fixture.Pipeline.State);
        Assert.True(_fixture.Pipeline.Refuses(null));
        Assert.True(Assert.IsType<StoreUnavailableException>(await _fixture.FailAsync()).IsBreakerOpen);
    }

    [Fact]
    public async Task TheOneCall_IsNotGivenUpWithItsCaller()
    {
        await _fixture.OpenAsync();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(30.1));
        using var gaveUp = new CancellationTokenSource();
        await gaveUp.CancelAsync();
        CancellationToken given = default;

        await _fixture.Pipeline.RunAsync(
            PipelineFixture.Read(),
            0,
            (_, cancel) =>
            {
                given = cancel;
                return new ValueTask<int>(1);
            },
            gaveUp.Token);

        Assert.Equal((false, BreakerState.Closed), (given.IsCancellationRequested, _fixture.Pipeline.State));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ACallThatBeganBeforeItOpened_IsNotTheOne(bool fails)
    {
        var answer = new TaskCompletionSource<int>();
        var late = _fixture.RunAsync(() => new ValueTask<int>(answer.Task)).AsTask();
        await _fixture.OpenAsync();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(30.1));

        if (fails)
            answer.SetException(PipelineFixture.Down);
        else
            answer.SetResult(1);
        await late.ContinueWith(static _ => { }, PipelineFixture.Cancel, TaskContinuationOptions.None, TaskScheduler.Default);

        // As it was: the break is over, and the next call is the one.
        Assert.Equal(BreakerState.Open, _fixture.Pipeline.State);
        Assert.False(_fixture.Pipeline.Refuses(null));
        await _fixture.AnswerAsync();
        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
    }

    [Fact]
    public async Task ACallThatBeganBeforeItOpened_AndEndsAfterItClosed_DoesNotCount()
    {
        var answer = new TaskCompletionSource<int>();
        var late = _fixture.RunAsync(() => new ValueTask<int>(answer.Task)).AsTask();
        await _fixture.OpenAsync();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(31));
        await _fixture.AnswerAsync();
        for (var i = 0; i < 9; i++)
            await _fixture.FailAsync();

        answer.SetException(PipelineFixture.Down);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => late);

        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
        await _fixture.FailAsync();
        Assert.Equal(BreakerState.Open, _fixture.Pipeline.State);
    }

    [Fact]
    public async Task Disabled_NeverOpens_AndCanBeIsolated()
    {
        using var fixture = new PipelineFixture(static o => o.Breaker.Enabled = false);
        for (var i = 0; i < 30; i++)
            await fixture.FailAsync(tenant: "t");
        Assert.Equal((BreakerState.Closed, 30), (fixture.Pipeline.State, fixture.Calls));

        await fixture.Pipeline.IsolateAsync(PipelineFixture.Cancel);

        Assert.Equal(BreakerState.Isolated, fixture.Pipeline.State);
        Assert.Null(Assert.IsType<StoreUnavailableException>(await fixture.FailAsync()).RetryAfter);
        Assert.Equal(30, fixture.Calls);
    }

    [Fact]
    public async Task Isolated_RefusesUntilReleased()
    {
        await _fixture.Pipeline.IsolateAsync(PipelineFixture.Cancel);
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        var refused = Assert.IsType<StoreUnavailableException>(await _fixture.FailAsync());
        Assert.True(refused.IsBreakerOpen);
        Assert.Contains("isolated", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, _fixture.Calls);

        await _fixture.Pipeline.ReleaseAsync(PipelineFixture.Cancel);

        Assert.Equal(1, await _fixture.AnswerAsync());
        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
    }

    [Theory]
    [InlineData("")]
    [InlineData("before")]
    public async Task TheTierHasReconnectedByItself_TheBreakIsNotWaitedFor(string former)
    {
        _fixture.Run = former;
        await _fixture.OpenAsync();
        Assert.True(_fixture.Pipeline.Refuses(null));
        Assert.Equal(BreakerState.Open, _fixture.Pipeline.State);
        _fixture.Run = "now";

        Assert.True(_fixture.Pipeline.Refuses(null));

        await Support.StoreFixture.UntilAsync(() => !_fixture.Pipeline.Refuses(null));
        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
    }

    [Fact]
    public async Task TheTierHasReconnectedByItself_TheFirstCallIsMade()
    {
        await _fixture.OpenAsync();
        Assert.True(Assert.IsType<StoreUnavailableException>(await _fixture.FailAsync()).IsBreakerOpen);
        _fixture.Run = "now";

        Assert.Equal(1, await _fixture.AnswerAsync());
        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
    }

    [Fact]
    public async Task TheTierHasReconnected_WhatSomebodyIsolated_StaysSo()
    {
        await _fixture.OpenAsync();
        await _fixture.Pipeline.IsolateAsync(PipelineFixture.Cancel);
        _fixture.Run = "now";

        Assert.True(_fixture.Pipeline.Refuses(null));
        Assert.Equal(BreakerState.Isolated, _fixture.Pipeline.State);
    }

    [Fact]
    public async Task TheOneCallFails_WhoIsRefusedHearsOfThatFailure()
    {
        await _fixture.OpenAsync();
        _fixture.Clock.Advance(_fixture.Options.Breaker.BreakDuration);
        Assert.Equal("Still down.", (await _fixture.FailAsync(new StoreUnavailableException("tier", "Still down."))).Message);

        var refused = Assert.IsType<StoreUnavailableException>(await _fixture.FailAsync());

        Assert.True(refused.IsBreakerOpen);
        Assert.Contains("The cold tier tier was not asked (read)", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Still down.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Heartbeat_IsTriedWhileItIsOpen_AndNotWhileIsolated()
    {
        await _fixture.OpenAsync();
        ValueTask<int> BeatAsync() => _fixture.Pipeline.RunRegardlessAsync(PipelineFixture.Read(), 0, static (_, _) => new ValueTask<int>(3), PipelineFixture.Cancel);
        Assert.Equal(3, await BeatAsync());
        Assert.Equal(BreakerState.Open, _fixture.Pipeline.State);

        await _fixture.Pipeline.IsolateAsync(PipelineFixture.Cancel);

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await BeatAsync());
    }

    [Fact]
    public async Task Heartbeat_IsTriedBesideTheOneCall()
    {
        await _fixture.OpenAsync();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(31));
        var answer = new TaskCompletionSource<int>();
        var probe = _fixture.RunAsync(() => new ValueTask<int>(answer.Task)).AsTask();
        await Support.StoreFixture.UntilAsync(() => _fixture.Pipeline.State == BreakerState.HalfOpen);

        Assert.Equal(3, await _fixture.Pipeline.RunRegardlessAsync(PipelineFixture.Read(), 0, static (_, _) => new ValueTask<int>(3), PipelineFixture.Cancel));

        Assert.Equal(BreakerState.HalfOpen, _fixture.Pipeline.State);
        answer.SetResult(1);
        await probe;
    }

    [Fact]
    public async Task ACallOutsideOfIt_OnlyWhereNothingAsksForALayer()
    {
        Assert.True(_fixture.Pipeline.TryBegin("tenant", out _));
        using (var timed = new PipelineFixture(static o => o.Timeout = TimeSpan.FromSeconds(1)))
            Assert.False(timed.Pipeline.TryBegin("tenant", out _));

        while (!_fixture.Pipeline.Refuses("bad"))
        {
            await _fixture.FailAsync(tenant: "bad");
            await _fixture.AnswerAsync("good");
        }

        Assert.False(_fixture.Pipeline.TryBegin("bad", out _));
        Assert.True(_fixture.Pipeline.TryBegin("good", out _));
        await _fixture.OpenAsync();
        Assert.False(_fixture.Pipeline.TryBegin("good", out _));
    }

    [Fact]
    public async Task WhoWaits_IsTold_WhenTheBreakIsOver_AndWhenItCloses()
    {
        var told = 0;
        _fixture.Pipeline.Recovering += () => told++;
        await _fixture.OpenAsync();
        Assert.Equal(0, told);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(30.1));
        Assert.Equal(1, told);

        await _fixture.AnswerAsync();

        Assert.Equal(2, told);
    }

    [Fact]
    public async Task Health_SaysStateSinceAndTheLastFailure()
    {
        var begun = _fixture.Clock.GetUtcNow();
        Assert.Equal(new TierHealth(AuthTier.Cold, "tier", BreakerState.Closed, begun, null, null, 0), _fixture.Pipeline.Health);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(5));

        await _fixture.OpenAsync();

        var now = _fixture.Clock.GetUtcNow();
        Assert.Equal(new TierHealth(AuthTier.Cold, "tier", BreakerState.Open, now, "It is down.", now, 0), _fixture.Pipeline.Health);
    }

    [Fact]
    public async Task ACallOutsideOfIt_IsReported_AndAllocatesNothing()
    {
        long Allocated(int times)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++)
            {
                Assert.True(_fixture.Pipeline.TryBegin("tenant", out var direct));
#pragma warning disable CA2012 // Completed already, as is looked at here.
                if (!_fixture.Pipeline.EndAsync(direct).IsCompletedSuccessfully)
                    throw new InvalidOperationException("It waits.");
#pragma warning restore CA2012
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // The least of some rounds: what is compiled anew meanwhile is not the call's.
        Allocated(1000);
        Assert.Equal(0, Enumerable.Range(0, 20).Min(_ => Allocated(1000)));

        for (var i = 0; _fixture.Pipeline.TryBegin(null, out var direct) && i < 100_000; i++)
            await _fixture.Pipeline.EndAsync(direct, PipelineFixture.Down);
        Assert.Equal(BreakerState.Open, _fixture.Pipeline.State);
    }

    public void Dispose() => _fixture.Dispose();
}
