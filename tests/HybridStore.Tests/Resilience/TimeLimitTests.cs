using HybridStore.Resilience;

namespace HybridStore.Tests.Resilience;

/// <summary>How long a call may take, and what is said of one that took longer.</summary>
public sealed class TimeLimitTests : IDisposable
{
    private static readonly AuthSessionId Session = new("clinic", "reception");
    private readonly PipelineFixture _fixture = new(static o => o.Timeout = TimeSpan.FromSeconds(10));

    [Fact]
    public async Task ARead_ThatTakesLonger_HasNoAnswer()
    {
        var never = new TaskCompletionSource<int>();
        var call = _fixture.RunAsync(() => new ValueTask<int>(never.Task)).AsTask();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(call.IsCompleted);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(2));

        var late = await Assert.ThrowsAsync<StoreUnavailableException>(() => call);

        Assert.Equal(("tier", false), (late.Tier, late.IsBreakerOpen));
        Assert.Contains("00:00:10", late.Message, StringComparison.Ordinal);
        never.SetException(PipelineFixture.Down);
    }

    [Fact]
    public async Task ACommit_ThatTakesLonger_MayBeKept_AndIsNotSentAgain()
    {
        using var fixture = new PipelineFixture(static o => (o.Timeout, o.Retry.MaxAttempts) = (TimeSpan.FromSeconds(10), 5));
        var commit = CommitId.New();
        var call = fixture.RunAsync(
            static () => new ValueTask<int>(new TaskCompletionSource<int>().Task), call: new TierCall("commit", Session.Tenant) { Session = Session, CommitId = commit }).AsTask();
        fixture.Clock.Advance(TimeSpan.FromSeconds(11));

        var unknown = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => call);

        Assert.Equal((commit, 1), (unknown.CommitId, fixture.Calls));
    }

    [Fact]
    public async Task ThoseThatTakeLonger_OpenTheBreaker()
    {
        var calls = Enumerable.Range(0, 10).Select(_ => _fixture.RunAsync(static () => new ValueTask<int>(new TaskCompletionSource<int>().Task)).AsTask()).ToArray();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        foreach (var call in calls)
            await Assert.ThrowsAsync<StoreUnavailableException>(() => call);
        Assert.Equal(BreakerState.Open, _fixture.Pipeline.State);
    }

    [Fact]
    public async Task TheTierIsTold_ThatNobodyWaitsAnyMore()
    {
        CancellationToken given = default;
        var call = _fixture.Pipeline.RunAsync(
            PipelineFixture.Read(),
            0,
            (_, cancel) =>
            {
                given = cancel;
                return new ValueTask<int>(new TaskCompletionSource<int>().Task);
            },
            PipelineFixture.Cancel).AsTask();
        Assert.False(given.IsCancellationRequested);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => call);

        Assert.True(given.IsCancellationRequested);
    }

    [Fact]
    public async Task TheCallerGivesUp_WhatIsUnderWay_IsWaitedFor()
    {
        using var caller = new CancellationTokenSource();
        var answer = new TaskCompletionSource<int>();
        var call = _fixture.RunUntilAsync(() => new ValueTask<int>(answer.Task), PipelineFixture.Read(), caller.Token).AsTask();
        await caller.CancelAsync();
        Assert.False(call.IsCompleted);
        answer.SetResult(4);

        Assert.Equal(4, await call);
    }

    [Fact]
    public async Task TheCallerGivesUp_TheTierIsTold()
    {
        using var caller = new CancellationTokenSource();
        var answer = new TaskCompletionSource<int>();
        CancellationToken given = default;
        var call = _fixture.Pipeline.RunAsync(
            PipelineFixture.Read(),
            0,
            (_, cancel) =>
            {
                given = cancel;
                return new ValueTask<int>(answer.Task);
            },
            caller.Token).AsTask();
        Assert.False(given.IsCancellationRequested);

        await caller.CancelAsync();

        Assert.True(given.IsCancellationRequested);
        answer.SetResult(1);
        await call;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AHeartbeat_HasTheSameLimit_UnlessItHasItsOwn(bool isTimed)
    {
        var answer = new TaskCompletionSource<int>();
        var beat = _fixture.Pipeline.RunRegardlessAsync(PipelineFixture.Read() with { IsTimed = isTimed }, 0, (_, _) => new ValueTask<int>(answer.Task), PipelineFixture.Cancel).AsTask();
        Assert.Equal(isTimed, _fixture.Clock.HasDelay);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(11));
        answer.TrySetResult(4);

        if (isTimed)
            await Assert.ThrowsAsync<StoreUnavailableException>(() => beat);
        else
            Assert.Equal(4, await beat);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public async Task ATierThatGivesUpByItselfInTime_NeedsNoTimerBesideItsOwn(int callTimeout, bool isLeftAlone)
    {
        using var fixture = new PipelineFixture(static o => o.Timeout = TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(callTimeout));
        var answer = new TaskCompletionSource<int>();
        var call = fixture.RunAsync(() => new ValueTask<int>(answer.Task)).AsTask();
        Assert.Equal(!isLeftAlone, fixture.Clock.HasDelay);
        fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        answer.SetResult(4);

        if (isLeftAlone)
            Assert.Equal(4, await call);
        else
            await Assert.ThrowsAsync<StoreUnavailableException>(() => call);
    }

    [Fact]
    public async Task AllAttemptsTogether_EndWithTheDeadline()
    {
        using var fixture = new PipelineFixture(static o =>
        {
            o.Timeout = TimeSpan.FromSeconds(10);
            o.Retry.MaxAttempts = 100;
            o.Retry.BaseDelay = o.Retry.MaxDelay = TimeSpan.FromMilliseconds(10);
            o.Retry.Deadline = TimeSpan.FromSeconds(25);
            o.Breaker.Enabled = false;
        });
        var begun = fixture.Clock.GetUtcNow();
        var call = fixture.RunAsync(static () => new ValueTask<int>(new TaskCompletionSource<int>().Task)).AsTask();
        while (!call.IsCompleted)
        {
            if (fixture.Clock.HasDelay)
                fixture.Clock.Advance(TimeSpan.FromMilliseconds(5));
            await Task.Yield();
        }

        await Assert.ThrowsAsync<StoreUnavailableException>(() => call);
        Assert.Equal(3, fixture.Calls);
        Assert.InRange(fixture.Clock.GetUtcNow() - begun, TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(25.2));
    }

    public void Dispose() => _fixture.Dispose();
}
