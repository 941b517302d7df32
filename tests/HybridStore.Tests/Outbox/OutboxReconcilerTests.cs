using HybridStore.Conformance;
using HybridStore.InMemory;
using HybridStore.Outbox;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging.Abstractions;

namespace HybridStore.Tests.Outbox;

/// <summary>Which sessions are taken over for what their holders left behind, and when.</summary>
public sealed class OutboxReconcilerTests : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);
    private readonly ManualClock _clock = new();
    private readonly FaultyColdTier _cold;
    private readonly List<AuthSessionId> _reconciled = [];
    private readonly List<OutboxReconciler> _reconcilers = [];

    public OutboxReconcilerTests() => _cold = new FaultyColdTier(new InMemoryColdTier(_clock));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pass_TakesThoseThatNobodyHolds()
    {
        await LeaveAsync("a", "b");
        await HoldAsync("c");

        await Create().PassAsync(Cancel);

        Assert.Equal(["a", "b"], Sessions);
    }

    [Fact]
    public async Task Pass_AfterManyCrashed_TakesAShare_AndAllComeToTheirTurnThoughNoneCanBeTaken()
    {
        await LeaveAsync([.. Enumerable.Range(0, 300).Select(static i => $"{i}")]);
        var reconciler = Create();
        await reconciler.PassAsync(Cancel);
        Assert.Equal(256, Sessions.Distinct().Count());
        Assert.Equal(256, _reconciled.Count);

        // Each is left out with a chance of one to seven.
        for (var i = 0; i < 30; i++)
            await reconciler.PassAsync(Cancel);
        Assert.Equal(300, Sessions.Distinct().Count());
    }

    [Fact]
    public async Task Pass_OneCanNotBeTaken_TheOthersAre()
    {
        await LeaveAsync("a", "b", "c");

        await Create(static s => s.Session == "b" ? throw new SessionHeldException(s, "other", until: null) : ValueTask.CompletedTask).PassAsync(Cancel);

        Assert.Equal(["a", "b", "c"], Sessions);
    }

    [Fact]
    public async Task Pass_Cancelled_EndsBetweenTwoSessions()
    {
        await LeaveAsync("a", "b");
        using var source = new CancellationTokenSource();

        await Assert.ThrowsAsync<OperationCanceledException>(() => Create(_ =>
        {
            source.Cancel();
            return ValueTask.CompletedTask;
        }).PassAsync(source.Token).AsTask());

        Assert.Equal(["a"], Sessions);
    }

    [Fact]
    public async Task Pass_DuringAnother_LeavesOutWhatThatOneIsAt_AndWhoOpensItWaits()
    {
        await LeaveAsync("a", "b");
        var gate = new TaskCompletionSource();
        var reconciler = Create(s => s.Session == "a" ? new ValueTask(gate.Task) : ValueTask.CompletedTask);
        var first = reconciler.PassAsync(Cancel).AsTask();
        await reconciler.PassAsync(Cancel);
        Assert.Equal(["a", "b"], Sessions);

        var opening = reconciler.LetGoAsync(new AuthSessionId("clinic", "a"), Cancel).AsTask();
        Assert.False(opening.IsCompleted);
        await reconciler.LetGoAsync(new AuthSessionId("clinic", "b"), Cancel);
        gate.SetResult();
        await opening;
        await first;

        await reconciler.PassAsync(Cancel);
        Assert.Equal(["a", "b", "b", "a", "b"], Sessions);
    }

    [Fact]
    public async Task Started_MakesAPassEveryInterval_NotInStepWithOthers()
    {
        await LeaveAsync("a");
        Create().Start();
        Pass(0.89);
        Assert.Empty(_reconciled);

        Pass(0.22);
        Assert.Single(_reconciled);
        Pass(0.68);
        Assert.Single(_reconciled);
        Pass(10);
        Assert.InRange(_reconciled.Count, 10, 13);
    }

    [Fact]
    public async Task Started_ColdDoesNotAnswer_TheNextPassTriesAgain()
    {
        await LeaveAsync("a");
        Create().Start();
        var cold = _cold.Inner;
        _cold.Inner = new InMemoryColdTier(_clock);
        await _cold.Inner.DisposeAsync();
        Pass(1.11);
        Assert.Empty(_reconciled);

        _cold.Inner = cold;
        Pass(1.11);
        Assert.NotEmpty(_reconciled);
    }

    [Fact]
    public async Task Disposed_MakesNoPassAnyMore()
    {
        await LeaveAsync("a");
        var reconciler = Create();
        reconciler.Start();
        await reconciler.DisposeAsync();
        _reconcilers.Clear();
        Pass(3);

        Assert.Empty(_reconciled);
        Assert.Equal(0, _clock.Waiting);
    }

    [Fact]
    public async Task NoInterval_MakesNoPass()
    {
        await LeaveAsync("a");
        Create(interval: Timeout.InfiniteTimeSpan).Start();
        Pass(1000);

        Assert.Empty(_reconciled);
        Assert.Equal(0, _clock.Waiting);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var reconciler in _reconcilers)
            await reconciler.DisposeAsync();
        await _cold.DisposeAsync();
    }

    private IEnumerable<string> Sessions => _reconciled.Select(static s => s.Session);

    private OutboxReconciler Create(Func<AuthSessionId, ValueTask>? reconcile = null, TimeSpan? interval = null)
    {
        var reconciler = new OutboxReconciler(
            _cold.Leases,
            session =>
            {
                _reconciled.Add(session);
                return reconcile?.Invoke(session) ?? ValueTask.CompletedTask;
            },
            interval ?? Interval,
            _clock,
            NullLogger.Instance,
            TaskCreationOptions.None);
        _reconcilers.Add(reconciler);
        return reconciler;
    }

    private void Pass(double intervals) => _clock.Advance(Interval * intervals);

    /// <summary>Sessions whose holders are gone.</summary>
    private async Task LeaveAsync(params string[] sessions)
    {
        foreach (var session in sessions)
            await HoldAsync(session);
        _clock.Advance(TimeSpan.FromSeconds(31));
    }

    private async Task HoldAsync(string session) => await _cold.Inner.Leases.AcquireAsync(
        new LeaseRequest(new AuthSessionId("clinic", session), "holder", TimeSpan.FromSeconds(30), MayQueue: true), Cancel);
}
