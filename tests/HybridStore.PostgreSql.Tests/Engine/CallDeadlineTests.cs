using HybridStore.Conformance;
using HybridStore.PostgreSql.Engine;

namespace HybridStore.PostgreSql.Tests.Engine;

/// <summary>A driver that fails while it is asked to cancel must not end the process, as an exception on a timer's thread does.</summary>
public sealed class CallDeadlineTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void TheTimeIsOver_AndTheDriverFailsToCancel_NothingIsThrownOnTheTimersThread()
    {
        using var deadline = new CallDeadline(TimeSpan.FromSeconds(1), _clock, CancellationToken.None);
        using var read = deadline.Token.Register(Fail);
        using var commit = deadline.Timeout.Register(Fail);

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((true, true, false), (deadline.Token.IsCancellationRequested, deadline.Timeout.IsCancellationRequested, deadline.IsGivenUp));
    }

    [Fact]
    public void TheCallerGivesUp_AndTheDriverFailsToCancel_NothingIsThrownAtTheCaller()
    {
        using var caller = new CancellationTokenSource();
        using var deadline = new CallDeadline(TimeSpan.FromSeconds(1), _clock, caller.Token);
        using var read = deadline.Token.Register(Fail);

        caller.Cancel();

        Assert.Equal((true, false, true), (deadline.Token.IsCancellationRequested, deadline.Timeout.IsCancellationRequested, deadline.IsGivenUp));
    }

    [Fact]
    public void TheCallIsOver_NeitherReachesItAnyMore()
    {
        using var caller = new CancellationTokenSource();
        CancellationToken given;
        using (var deadline = new CallDeadline(TimeSpan.FromSeconds(1), _clock, caller.Token))
            given = deadline.Token;

        caller.Cancel();
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.False(given.IsCancellationRequested);
    }

    private static void Fail() => throw new ObjectDisposedException("System.Threading.ManualResetEventSlim");
}
