namespace HybridStore.Tests.Resilience;

/// <summary>Where a scheduler drives every step, a breaker does what it does at once and where the call stands: nothing goes on by itself on another thread.</summary>
public sealed class InlineBreakerTests : IDisposable
{
    private readonly PipelineFixture _fixture = new(runsInline: true);

    [Fact]
    public void Failures_OpenIt_AndTheLastOfThemHasSeenItOpen()
    {
        Open();

        var asked = _fixture.Calls;
        Assert.True(Fail().IsBreakerOpen);
        Assert.Equal((asked, TimeSpan.FromSeconds(30)), (_fixture.Calls, Fail().RetryAfter));
    }

    [Fact]
    public void AfterTheBreak_TheOneCallIsMadeHere_AndItsAnswerCloses()
    {
        Open();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(30.1));
        var thread = 0;

        var answer = _fixture.RunAsync(() =>
        {
            thread = Environment.CurrentManagedThreadId;
            return new ValueTask<int>(8);
        }).AsTask();

        Assert.Equal((true, Environment.CurrentManagedThreadId), (answer.IsCompletedSuccessfully, thread));
        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
    }

    [Fact]
    public async Task WhileTheOneCallIsUnderWay_OthersAreRefused()
    {
        Open();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(30.1));
        var answer = new TaskCompletionSource<int>();
        var one = _fixture.RunAsync(() => new ValueTask<int>(answer.Task)).AsTask();

        Assert.Equal(BreakerState.HalfOpen, _fixture.Pipeline.State);
        Assert.True(Fail().IsBreakerOpen);
        answer.SetResult(5);

        Assert.Equal((5, BreakerState.Closed), (await one, _fixture.Pipeline.State));
    }

    [Fact]
    public void AfterTheBreak_AFailureOpensAgain()
    {
        Open();
        _fixture.Clock.Advance(TimeSpan.FromSeconds(30.1));

        Assert.False(Fail().IsBreakerOpen);
        Assert.Equal(BreakerState.Open, _fixture.Pipeline.State);
        Assert.True(Fail().IsBreakerOpen);
    }

    [Fact]
    public void TheTierHasReconnectedByItself_WhoAsksClosesItAtOnce()
    {
        Open();
        _fixture.Run = "now";

        Assert.True(_fixture.Pipeline.Refuses(null));
        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
        Assert.False(_fixture.Pipeline.Refuses(null));
    }

    [Fact]
    public void TheTierHasReconnectedByItself_TheFirstCallIsMadeAtOnce()
    {
        Open();
        _fixture.Run = "now";

        Assert.True(_fixture.AnswerAsync().AsTask().IsCompletedSuccessfully);
        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
    }

    [Fact]
    public void OneTenantFails_ItAloneIsRefusedAtOnce()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.True(_fixture.AnswerAsync("good").AsTask().IsCompletedSuccessfully);
            Fail("bad");
        }

        Assert.True(_fixture.Pipeline.Refuses("bad"));
        Assert.False(_fixture.Pipeline.Refuses("good"));
        Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
    }

    public void Dispose() => _fixture.Dispose();

    private void Open()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(BreakerState.Closed, _fixture.Pipeline.State);
            Assert.False(Fail().IsBreakerOpen);
        }

        Assert.Equal(BreakerState.Open, _fixture.Pipeline.State);
    }

    private StoreUnavailableException Fail(string? tenant = null)
    {
        var call = _fixture.RunAsync(static () => throw PipelineFixture.Down, tenant).AsTask();
        Assert.True(call.IsFaulted);
        return Assert.IsType<StoreUnavailableException>(call.Exception!.InnerException);
    }
}
