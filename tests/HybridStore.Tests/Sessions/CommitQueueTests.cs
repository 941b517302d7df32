using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore.Tests.Sessions;

public sealed class CommitQueueTests
{
    private readonly CommitQueue _queue = new(TaskCreationOptions.None);

    [Fact]
    public async Task Turns_AreTakenInTheOrderOfComing()
    {
        var (first, second, third) = (Enter(Alone()), Enter(Alone()), Enter(Alone()));
        Assert.Equal((true, false, false), (first.IsCompleted, second.IsCompleted, third.IsCompleted));

        _queue.Leave();
        Assert.Null(await second);
        Assert.False(third.IsCompleted);
        _queue.Leave();
        Assert.Null(await third);
        _queue.Leave();

        Assert.True(Enter(Alone()).IsCompleted);
    }

    [Fact]
    public async Task WhoIsTakenAlong_GetsItsReceiptFromAnother_AndNoTurn()
    {
        var leader = Joining("a");
        _ = Enter(leader);
        var joined = Joining("b");
        var wait = Enter(joined);
        var last = Enter(Alone());

        Assert.Same(joined, Assert.Single(_queue.TakeAlong(leader)));
        var receipt = new CommitReceipt(joined.Patch!.CommitId, 1, 2, CommitOutcome.Persisted, false);
        joined.Complete(receipt);
        Assert.Same(receipt, await wait);

        _queue.Leave();
        Assert.Null(await last);
    }

    [Fact]
    public void WhatMustBeAlone_TakesNobodyAlong_AndLetsNobodyPass()
    {
        var alone = Alone();
        _ = Enter(alone);
        _ = Enter(Joining("a"));
        Assert.Empty(_queue.TakeAlong(alone));

        var other = new CommitQueue(TaskCreationOptions.None);
        var leader = Joining("a");
        _ = Enter(leader, other);
        Assert.Empty(other.TakeAlong(leader));
        var (before, between, after) = (Joining("b"), Alone(), Joining("c"));
        foreach (var pending in new[] { before, between, after })
            _ = Enter(pending, other);

        Assert.Equal([before], other.TakeAlong(leader));
    }

    [Fact]
    public void OfAnotherLease_OrAgainstAVersionThatIsChanged_IsNotTakenAlong()
    {
        var leader = Joining("a");
        _ = Enter(leader);
        var state = new SessionState(new InProcessTier(1024), new DataKeyCache(10, TimeSpan.FromHours(1), TimeProvider.System), TaskCreationOptions.None);
        var lease = new HeldLease(new LeaseRef(new AuthSessionId("clinic", "reception"), 1), state, TimeProvider.System);
        _ = Enter(new PendingCommit(new AuthPatch().Set("session", "b", new byte[1]), mayJoin: true) { Lease = lease });
        Assert.Empty(_queue.TakeAlong(leader));

        var other = new CommitQueue(TaskCreationOptions.None);
        _ = Enter(leader, other);
        _ = Enter(new PendingCommit(new AuthPatch().Set("session", "b", new byte[1]).Expect(new AuthKey("session", "a"), 1), mayJoin: true), other);
        Assert.Empty(other.TakeAlong(leader));
    }

    [Fact]
    public void AtMostThirtyTwo_AreTakenAlong()
    {
        var leader = Joining("leader");
        _ = Enter(leader);
        for (var i = 0; i < 40; i++)
            _ = Enter(Joining($"{i}"));

        Assert.Equal(32, _queue.TakeAlong(leader).Count);
        Assert.Equal(8, _queue.TakeAlong(leader).Count);
    }

    [Theory]
    [InlineData(4 * 1024 * 1024 - 1, 1)]
    [InlineData(4 * 1024 * 1024, 0)]
    public void NobodyIsTakenAlong_OnceTheValuesAreLarge(int bytes, int expected)
    {
        var leader = Joining("leader", bytes);
        _ = Enter(leader);
        _ = Enter(Joining("a"));
        _ = Enter(Joining("b"));

        Assert.Equal(expected, _queue.TakeAlong(leader).Count);
    }

    [Fact]
    public async Task WhoGivesUpWhileWaiting_LosesItsPlace_AndNobodyElseDoes()
    {
        _ = Enter(Alone());
        using var caller = new CancellationTokenSource();
        var given = _queue.EnterAsync(Alone(), caller.Token).AsTask();
        var next = Enter(Alone());
        await caller.CancelAsync();

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.Equal(caller.Token, thrown.CancellationToken);
        _queue.Leave();
        Assert.Null(await next);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _queue.EnterAsync(Alone(), caller.Token).AsTask());
    }

    [Fact]
    public async Task WhoseTurnCame_IsNotCancelledAnyMore()
    {
        _ = Enter(Alone());
        using var caller = new CancellationTokenSource();
        var mine = _queue.EnterAsync(Alone(), caller.Token).AsTask();
        _queue.Leave();
        await caller.CancelAsync();

        Assert.Null(await mine);
    }

    // Its commit has begun as part of another's: nobody could say that it did not happen.
    [Fact]
    public async Task WhoWasTakenAlong_IsNotCancelledAnyMore()
    {
        var leader = Joining("a");
        _ = Enter(leader);
        using var caller = new CancellationTokenSource();
        var joined = Joining("b");
        var wait = _queue.EnterAsync(joined, caller.Token).AsTask();
        Assert.Same(joined, Assert.Single(_queue.TakeAlong(leader)));

        await caller.CancelAsync();

        Assert.False(wait.IsCompleted);
        var receipt = new CommitReceipt(joined.Patch!.CommitId, 1, 2, CommitOutcome.Persisted, false);
        joined.Complete(receipt);
        Assert.Same(receipt, await wait);
    }

    [Fact]
    public async Task WhoComesCancelled_TakesNoTurn()
    {
        using var caller = new CancellationTokenSource();
        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _queue.EnterAsync(Alone(), caller.Token).AsTask());

        Assert.True(Enter(Alone()).IsCompleted);
    }

    private static PendingCommit Alone() => new(patch: null, mayJoin: false);

    private static PendingCommit Joining(string id, int bytes = 1) => new(new AuthPatch().Set("session", id, new byte[bytes]), mayJoin: true);

    private Task<CommitReceipt?> Enter(PendingCommit pending, CommitQueue? queue = null) => (queue ?? _queue).EnterAsync(pending, TestContext.Current.CancellationToken).AsTask();
}
