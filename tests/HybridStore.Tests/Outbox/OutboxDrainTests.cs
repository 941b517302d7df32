using HybridStore.Conformance;
using HybridStore.Outbox;
using HybridStore.Sessions;
using HybridStore.Tiers;
using static HybridStore.Tests.Outbox.DrainFixture;

namespace HybridStore.Tests.Outbox;

/// <summary>What becomes of a queue by what cold says, batch by batch.</summary>
public sealed class OutboxDrainTests : IAsyncDisposable
{
    private readonly DrainFixture _fixture = new();
    private readonly List<TierOperation> _hot = [];

    public OutboxDrainTests() => _fixture.Server.OnRequest = o =>
    {
        _hot.Add(o);
        return Task.CompletedTask;
    };

    [Fact]
    public async Task WhatIsQueued_IsDrainedInOneBatch_AndThenThereIsNothing()
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 3);

        Assert.Equal(DrainStep.Advanced, await AdvanceAsync(lease));
        Assert.Equal((4, true), (await _fixture.VersionAsync(lease.Ref.Session), lease.Queue!.IsEmpty));
        Assert.Equal(new(1, 4), lease.State.SeenInCold);
        Assert.Equal(DrainStep.Empty, await AdvanceAsync(lease));
        Assert.Equal(1, Commits);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ParkedOrEnded_IsOver_AndColdIsNotAsked(bool parked)
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 1);
        if (parked)
            lease.Queue!.Parked = new ParkedEntry(2, "it does not like it", 3, _fixture.Clock.GetUtcNow());
        else
            lease.TryEnd();

        Assert.Equal(DrainStep.Over, await AdvanceAsync(lease));
        Assert.Equal(0, _fixture.Cold.Probe.Calls);
    }

    [Fact]
    public async Task ColdIsKnownNotToAnswer_IsNotAsked()
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 1);
        _fixture.ColdRefuses = true;

        Assert.Equal(DrainStep.ColdUnavailable, await AdvanceAsync(lease));
        Assert.Equal(0, _fixture.Cold.Probe.Calls);
    }

    [Fact]
    public async Task TheSessionsTurnAtCold_IsWaitedForAndGivenBack()
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 1);
        await lease.Queue!.ColdTurn.EnterAsync(new PendingCommit(patch: null, mayJoin: false), Cancel);

        var advancing = AdvanceAsync(lease);
        Assert.Equal(0, Commits);
        lease.Queue.ColdTurn.Leave();

        Assert.Equal(DrainStep.Advanced, await advancing);
        await lease.Queue.ColdTurn.EnterAsync(new PendingCommit(patch: null, mayJoin: false), Cancel);
    }

    [Fact]
    public async Task AReplyIsLost_IsSentAgain_AndFoundThere()
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 2);
        LoseReplies(lease);
        Assert.Equal(DrainStep.ColdUnavailable, await AdvanceAsync(lease));
        _fixture.Cold.Probe.Restore();

        Assert.Equal(DrainStep.Advanced, await AdvanceAsync(lease));
        Assert.Equal((3, 3), (lease.Queue!.Base, await _fixture.VersionAsync(lease.Ref.Session)));
    }

    [Fact]
    public async Task AReplyIsLost_AndMoreIsQueuedMeanwhile_OnlyTheRestIsDrainedAfterIt()
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 2);
        LoseReplies(lease);
        Assert.Equal(DrainStep.ColdUnavailable, await AdvanceAsync(lease));
        _fixture.Cold.Probe.Restore();
        Queue(lease);

        Assert.Equal(DrainStep.Advanced, await AdvanceAsync(lease));
        Assert.Equal((3, 3), (lease.Queue!.Base, lease.State.SeenInCold.Version));
        Assert.Equal(DrainStep.Advanced, await AdvanceAsync(lease));
        Assert.Equal((4, 4), (lease.Queue.Base, await _fixture.VersionAsync(lease.Ref.Session)));
    }

    [Fact]
    public async Task AReplyIsLost_OfMoreThanColdRemembers_IsFoundThereByTheNewestOfThem()
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 100);
        LoseReplies(lease);
        Assert.Equal(DrainStep.ColdUnavailable, await AdvanceAsync(lease));
        _fixture.Cold.Probe.Restore();

        // Refused once for another reason, it is sent one at a time: cold knows the oldest of them by its version only.
        lease.Queue!.Tries = 1;
        Assert.Equal(DrainStep.Advanced, await AdvanceAsync(lease));
        Assert.Equal(2, lease.Queue.Base);
        Assert.Equal(DrainStep.Advanced, await AdvanceAsync(lease));
        Assert.Equal(101, lease.Queue.Base);
    }

    [Fact]
    public async Task ItIsThere_AndColdDoesNotSayWhose_IsTriedAgain()
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 1);
        LoseReplies(lease);
        await AdvanceAsync(lease);
        _fixture.Cold.Probe.Restore();
        _fixture.Cold.Probe.Fail(TierOperation.Read, afterwards: false);

        Assert.Equal(DrainStep.ColdUnavailable, await AdvanceAsync(lease));
        Assert.Equal((1, 0), (lease.Queue!.Backlog.Entries, lease.Queue.Tries));
    }

    [Fact]
    public async Task OthersTookOver_AndHaveRepeatedTheNewestElsewhere_NothingIsTakenForDrained()
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 1);
        var newest = Queue(lease);
        await _fixture.TakeOverAsync(lease.Ref.Session, newest.CommitId);

        Assert.Equal(DrainStep.Over, await AdvanceAsync(lease));
        Assert.Equal((2, 1), (lease.Queue!.Backlog.Entries, lease.Queue.Base));
        Assert.True(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task OthersTookOver_TheLeaseIsLost()
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 1);
        await _fixture.TakeOverAsync(lease.Ref.Session, commit: null);

        Assert.Equal(DrainStep.Over, await AdvanceAsync(lease));
        Assert.True(lease.Lost.IsCancellationRequested);
        Assert.False(lease.Queue!.IsEmpty);
        Assert.Null(lease.Queue.Parked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deleted_TheLeaseIsLost(bool whileItIsLookedFor)
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 1);
        if (whileItIsLookedFor)
        {
            LoseReplies(lease);
            await AdvanceAsync(lease);
            _fixture.Cold.Probe.After = async o =>
            {
                if (o == TierOperation.Commit)
                    await _fixture.Cold.Inner.DeleteSessionAsync(lease.Ref.Session, Cancel);
            };
        }
        else
        {
            await _fixture.Cold.Inner.DeleteSessionAsync(lease.Ref.Session, Cancel);
        }

        Assert.Equal(DrainStep.Over, await AdvanceAsync(lease));
        Assert.True(lease.Lost.IsCancellationRequested);
        Assert.False(lease.RolledBack.IsCancellationRequested);
    }

    [Fact]
    public async Task ColdWentBack_WhoeverSendsByTheSessionIsToldToStop_AndItIsNotGivenAnything()
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 0);
        lease.Queue!.Acknowledge(5);
        Queue(lease);

        Assert.Equal(DrainStep.Refused, await AdvanceAsync(lease));
        Assert.True(lease.RolledBack.IsCancellationRequested);
        Assert.False(lease.HasEnded);
        Assert.Equal(1, await _fixture.VersionAsync(lease.Ref.Session));
    }

    [Fact]
    public async Task AnotherDataKey_IsAskedFor_AndItIsSentAgainOneByOneUntilColdTakesIt()
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 3);
        lease.Queue!.DataKeys = [];

        Assert.Equal(DrainStep.Refused, await AdvanceAsync(lease));
        Assert.Equal([Key.Id], lease.Queue.DataKeys.Select(static k => k.Id));
        Assert.Equal(DrainStep.Advanced, await AdvanceAsync(lease));
        Assert.Equal(2, await _fixture.VersionAsync(lease.Ref.Session));
        Assert.Equal(DrainStep.Advanced, await AdvanceAsync(lease));
        Assert.Equal(4, await _fixture.VersionAsync(lease.Ref.Session));
    }

    [Fact]
    public async Task AnotherDataKey_AndColdDoesNotSayWhich_IsAskedForAgain()
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 1);
        lease.Queue!.DataKeys = [];
        _fixture.Cold.Probe.Fail(TierOperation.Read, afterwards: false);
        Assert.Equal(DrainStep.Refused, await AdvanceAsync(lease));
        _fixture.Cold.Probe.Restore();

        Assert.Equal(DrainStep.Refused, await AdvanceAsync(lease));
        Assert.Equal(DrainStep.Advanced, await AdvanceAsync(lease));
    }

    [Fact]
    public async Task RefusedTooOften_IsParked_AndHotIsTold()
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 2);
        RefuseAll();

        Assert.Equal(DrainStep.Refused, await AdvanceAsync(lease));
        Assert.Equal(DrainStep.Refused, await AdvanceAsync(lease));
        Assert.Empty(_hot);
        Assert.Null(lease.Queue!.Parked);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(DrainStep.Over, await AdvanceAsync(lease));

        // The oldest, which alone was sent the last two times.
        Assert.Equal(new ParkedEntry(2, nameof(StoreUnusableException), 3, _fixture.Clock.GetUtcNow()), lease.Queue.Parked);
        Assert.Equal([TierOperation.Park], _hot);
        Assert.False(lease.HasEnded);
    }

    [Fact]
    public async Task RefusedTooOften_AndHotDoesNotAnswer_IsParkedAllTheSame()
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 1);
        RefuseAll();
        _fixture.Server.IsDown = true;
        while (await AdvanceAsync(lease) == DrainStep.Refused)
        {
        }

        Assert.NotNull(lease.Queue!.Parked);
    }

    [Fact]
    public async Task RefusedNowAndThen_IsNotParked()
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 1);
        for (var i = 0; i < 4; i++)
        {
            RefuseAll();
            Assert.Equal(DrainStep.Refused, await AdvanceAsync(lease));
            _fixture.Cold.Probe.Restore();
            Assert.Equal(DrainStep.Advanced, await AdvanceAsync(lease));
            Queue(lease);
        }

        Assert.Null(lease.Queue!.Parked);
    }

    [Fact]
    public async Task ColdLacksWhatIsBeforeIt_IsRefused()
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 0);
        lease.Queue!.Add([new SealedPatch { CommitId = CommitId.New(), Predecessor = 5, Version = 6, Changes = [] }]);

        Assert.Equal(DrainStep.Refused, await AdvanceAsync(lease));
        Assert.Equal((1, 1), (lease.Queue.Backlog.Entries, lease.Queue.Base));
        Assert.False(lease.RolledBack.IsCancellationRequested);
    }

    [Theory]
    [InlineData(StoreUnusableReason.Full, DrainStep.ColdUnavailable)]
    [InlineData(StoreUnusableReason.ReadOnly, DrainStep.ColdUnavailable)]
    [InlineData(StoreUnusableReason.NotFound, DrainStep.ColdUnavailable)]
    [InlineData(StoreUnusableReason.NewerSchema, DrainStep.ColdUnavailable)]
    [InlineData(StoreUnusableReason.MissingDependency, DrainStep.ColdUnavailable)]
    [InlineData(StoreUnusableReason.Unsafe, DrainStep.ColdUnavailable)]
    [InlineData(StoreUnusableReason.Damaged, DrainStep.Refused)]
    internal async Task WhatIsTheMatterOfEverySession_IsHeldAgainstNone(StoreUnusableReason reason, DrainStep expected)
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 1);
        _fixture.Cold.Probe.Before = _ => throw new StoreUnusableException("memory", reason, "It is as it is.");

        Assert.Equal(expected, await AdvanceAsync(lease));
        Assert.Equal(expected == DrainStep.Refused ? 1 : 0, lease.Queue!.Tries);
    }

    [Fact]
    public async Task Acknowledge_TellsHotOnce_AndAgainOnlyIfItDidNotAnswer()
    {
        var lease = await _fixture.LeaseInColdAsync(queued: 1);
        var queue = lease.Queue!;
        Assert.True(await _fixture.Drain.AcknowledgeAsync(queue));
        Assert.Empty(_hot);

        await AdvanceAsync(lease);
        Assert.False(queue.HotKnowsBase);
        _fixture.Server.IsDown = true;
        Assert.False(await _fixture.Drain.AcknowledgeAsync(queue));
        Assert.False(queue.HotKnowsBase);

        _fixture.Server.IsDown = false;
        Assert.True(await _fixture.Drain.AcknowledgeAsync(queue));
        Assert.True(queue.HotKnowsBase);
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    private int Commits => _fixture.Cold.Probe.Count(TierOperation.Commit);

    private Task<DrainStep> AdvanceAsync(HeldLease lease) => _fixture.Drain.AdvanceAsync(lease, Cancel).AsTask();

    private void LoseReplies(HeldLease lease) => _fixture.Cold.Probe.After = o =>
        o == TierOperation.Commit ? throw new CommitOutcomeUnknownException(lease.Ref.Session, CommitId.New()) : Task.CompletedTask;

    private void RefuseAll() => _fixture.Cold.Probe.Before = static _ => throw new StoreUnusableException("memory", StoreUnusableReason.Damaged, "It does not like it.");
}
