namespace HybridStore.Tests.Resilience;

/// <summary>What is sent again, how often and for how long.</summary>
public sealed class RetryTests : IDisposable
{
    private readonly PipelineFixture _fixture = new(static o =>
    {
        o.Retry.MaxAttempts = 4;
        o.Retry.BaseDelay = TimeSpan.FromMilliseconds(100);
        o.Retry.MaxDelay = TimeSpan.FromSeconds(1);
        o.Retry.Deadline = TimeSpan.FromSeconds(10);
        o.Breaker.Enabled = false;
    });

    [Fact]
    public async Task NotDone_IsSentAgain_UntilItIs()
    {
        var left = 3;
        Assert.Equal(5, await PassAsync(_fixture.RunAsync(() => left-- > 0 ? throw PipelineFixture.Down : new ValueTask<int>(5))));
        Assert.Equal(4, _fixture.Calls);
    }

    [Fact]
    public async Task TheDeadlineCountsFromTheCall_NotFromWhenTheClockBegan()
    {
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        var left = 2;
        Assert.Equal(5, await PassAsync(_fixture.RunAsync(() => left-- > 0 ? throw PipelineFixture.Down : new ValueTask<int>(5))));
        Assert.Equal(3, _fixture.Calls);
    }

    [Fact]
    public async Task NeverDone_TheLastFailureIsThrown()
    {
        var failures = new List<Exception>();

        var thrown = await Assert.ThrowsAsync<StoreUnavailableException>(() => PassAsync(_fixture.RunAsync(() =>
        {
            failures.Add(new StoreUnavailableException("tier", $"Failure {failures.Count + 1}."));
            throw failures[^1];
        })));

        Assert.Equal(("Failure 4.", 4), (thrown.Message, failures.Count));
    }

    [Fact]
    public async Task PausesGetLonger_AndEndWithTheDeadline()
    {
        var begun = _fixture.Clock.GetUtcNow();
        var at = new List<TimeSpan>();
        _fixture.Options.Retry.Deadline = TimeSpan.FromMilliseconds(120);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => PassAsync(_fixture.RunAsync(() =>
        {
            at.Add(_fixture.Clock.GetUtcNow() - begun);
            throw PipelineFixture.Down;
        })));

        // The jitter moves each pause, and never beyond what is left.
        Assert.InRange(at.Count, 2, 3);
        Assert.Equal(TimeSpan.Zero, at[0]);
        Assert.All(at, a => Assert.True(a < TimeSpan.FromMilliseconds(120)));
    }

    public static TheoryData<Exception> NotSentAgain =>
    [
        new CommitOutcomeUnknownException(new AuthSessionId("t", "s"), CommitId.New()),
        new CommitConflictException(new AuthSessionId("t", "s"), null, 1, 2),
        new StoreUnusableException("tier", StoreUnusableReason.Full, "full"),
        new StoreUnavailableException("tier", "read-only", new StoreUnusableException("tier", StoreUnusableReason.ReadOnly, "read-only")),
    ];

    [Theory]
    [MemberData(nameof(NotSentAgain))]
    public async Task WhatMayBeDone_OrWillNotBe_IsNotSentAgain(Exception failure)
    {
        Assert.Same(failure, await _fixture.FailAsync(failure));
        Assert.Equal(1, _fixture.Calls);
    }

    [Fact]
    public async Task WhatMayNotBeRepeated_IsNotSentAgain()
    {
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _fixture.RunAsync(() => throw PipelineFixture.Down, call: PipelineFixture.Read(mayRetry: false)));
        Assert.Equal(1, _fixture.Calls);
    }

    [Fact]
    public async Task TheCallerGivesUp_InAPause_NothingIsSentAgain()
    {
        using var caller = new CancellationTokenSource();
        var call = _fixture.RunUntilAsync(() => throw PipelineFixture.Down, PipelineFixture.Read(), caller.Token).AsTask();
        await Support.StoreFixture.UntilAsync(() => _fixture.Clock.HasDelay);
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => call);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, _fixture.Calls);
    }

    [Fact]
    public async Task AnOpenBreaker_IsNotAskedAgain()
    {
        using var fixture = new PipelineFixture(static o => o.Retry.MaxAttempts = 5);
        for (var i = 0; fixture.Pipeline.State == BreakerState.Closed; i++)
            await Assert.ThrowsAsync<StoreUnavailableException>(() => PassAsync(fixture.RunAsync(() => throw PipelineFixture.Down), fixture));
        var asked = fixture.Calls;

        Assert.True(Assert.IsType<StoreUnavailableException>(await fixture.FailAsync()).IsBreakerOpen);

        Assert.Equal((10, 10), (asked, fixture.Calls));
    }

    [Fact]
    public async Task AStream_IsOpenedAgain_UntilItHasGivenSomething()
    {
        var opened = 0;
        async IAsyncEnumerable<int> OpenAsync()
        {
            await Task.Yield();
            if (++opened < 3)
                throw PipelineFixture.Down;
            yield return 1;
            yield return 2;
            throw new StoreUnavailableException("tier", "In the middle.");
        }

        var got = new List<int>();
        var thrown = await Assert.ThrowsAsync<StoreUnavailableException>(() => PassAsync(new ValueTask<int>(ReadAsync())));

        Assert.Equal(("In the middle.", 3), (thrown.Message, opened));
        Assert.Equal([1, 2], got);

        async Task<int> ReadAsync()
        {
            await foreach (var item in _fixture.Pipeline.StreamAsync(PipelineFixture.Read(), 0, (_, _) => OpenAsync(), PipelineFixture.Cancel))
                got.Add(item);
            return 0;
        }
    }

    public void Dispose() => _fixture.Dispose();

    /// <summary>Lets the time go on whenever somebody waits for a moment of it.</summary>
    private Task<int> PassAsync(ValueTask<int> call, PipelineFixture? fixture = null) => PassAsync(call.AsTask(), (fixture ?? _fixture).Clock);

    private static async Task<int> PassAsync(Task<int> call, Conformance.ManualClock clock)
    {
        while (!call.IsCompleted)
        {
            if (clock.HasDelay)
                clock.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        return await call;
    }
}
