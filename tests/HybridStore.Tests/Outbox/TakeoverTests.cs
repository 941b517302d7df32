using HybridStore.Conformance;
using HybridStore.InMemory;
using HybridStore.Tiers;
using static HybridStore.Tests.Outbox.QueueFixture;

namespace HybridStore.Tests.Outbox;

/// <summary>What is found of a holder that is gone, and what is said where something is missing.</summary>
public sealed class TakeoverTests : IAsyncDisposable
{
    private readonly QueueFixture _fixture = new();

    [Fact]
    public async Task TheHolderIsGone_WhatItQueuedIsDrainedBeforeTheSessionOpens()
    {
        await QueueAndVanishAsync(3);

        var (_, session) = await _fixture.OpenAsync();

        Assert.Equal([4], (await session.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal([1], (await session.GetAsync(B, Cancel)).Value.ToArray());
        Assert.Equal(4, await _fixture.ColdVersionAsync());
        Assert.False(session.IsRolledBack);
        Assert.False(session.RolledBack.IsCancellationRequested);
    }

    [Fact]
    public async Task TheHolderIsGone_HotWasEmptied_OpensAsRolledBack_UntilThatIsAcknowledged()
    {
        var (_, before) = await _fixture.OpenAsync();
        var kept = Put(B, 1).Require(Durability.Persisted);
        await before.CommitAsync(kept, Cancel);
        await before.DisposeAsync();
        var repeat = await QueueAndVanishAsync(3);
        _fixture.Server.Flush();

        var (_, session) = await _fixture.OpenAsync();

        Assert.True(session.IsRolledBack);
        Assert.True(session.RolledBack.IsCancellationRequested);
        Assert.Equal([1], (await session.GetAsync(A, Cancel)).Value.ToArray());
        var receipt = await session.CommitAsync(Queued(A, 9), Cancel);
        Assert.True(receipt.Version > 1L << 32);
        Assert.False((await session.CommitAsync(repeat, Cancel)).IsRepeat);
        Assert.True((await session.CommitAsync(new AuthPatch(kept.CommitId).Set(B, new byte[] { 1 }), Cancel)) is { IsRepeat: true, Version: 2 });
        await session.DisposeAsync();

        (_, session) = await _fixture.OpenAsync();
        Assert.True(session.IsRolledBack);
        await session.AcknowledgeRollbackAsync(Cancel);
        Assert.False(session.IsRolledBack);
        await session.DisposeAsync();

        (_, session) = await _fixture.OpenAsync();
        Assert.False(session.IsRolledBack);
        Assert.False(session.RolledBack.IsCancellationRequested);
    }

    [Fact]
    public async Task HotWasEmptied_ThenToldOfALeaseThatRanOutBeforeTheLastOne_TheSessionSaysSo()
    {
        var (_, before) = await _fixture.OpenAsync();
        await before.DisposeAsync();
        var arrives = new TaskCompletionSource();
        _fixture.Server.OnRequest = o => o == TierOperation.InstallEpoch ? arrives.Task : Task.CompletedTask;
        var late = _fixture.Start();
        var opening = late.Store.OpenAsync(_fixture.Session, Cancel).AsTask();
        late.LoseCold();
        _fixture.PassLease();
        await QueueAndVanishAsync(3);
        _fixture.Server.Flush();

        arrives.SetResult();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => opening);
        Assert.Equal(2, (await _fixture.OutboxAsync())!.Epoch);
        var (_, session) = await _fixture.OpenAsync();

        Assert.True(session.IsRolledBack);
    }

    [Fact]
    public async Task TheHolderIsGone_HotWasEmptied_WhatColdHadIsNotAppliedAgain()
    {
        var (_, session) = await _fixture.OpenAsync();
        var patch = Put(A, 5).Require(Durability.Persisted);
        await session.CommitAsync(patch, Cancel);
        await session.CommitAsync(Put(A, 6).Require(Durability.Persisted), Cancel);
        await session.DisposeAsync();
        await QueueAndVanishAsync(1);
        _fixture.Server.Flush();

        for (var opened = 0; opened < 2; opened++)
        {
            (_, session) = await _fixture.OpenAsync();
            Assert.True((await session.CommitAsync(patch, Cancel)).IsRepeat);
            Assert.Equal([6], (await session.GetAsync(A, Cancel)).Value.ToArray());
            await session.DisposeAsync();
        }
    }

    [Fact]
    public async Task TheHolderIsGone_HotCameBackWithLess_WhatIsThereIsDrained_AndItOpensAsRolledBack()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        var lagging = _fixture.Server.TakeSnapshot();
        await session.CommitAsync(Queued(A, 3), Cancel);
        _fixture.PassLease();
        _fixture.Server.Restore(lagging);

        var (_, next) = await _fixture.OpenAsync();

        Assert.True(next.IsRolledBack);
        Assert.Equal([2], (await next.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task TheHolderIsGone_HotWasRestarted_IsDoubted_UnlessItKeepsEverything()
    {
        await QueueAndVanishAsync(1);
        _fixture.Server.Restart();
        var (_, session) = await _fixture.OpenAsync();
        Assert.True(session.IsRolledBack);
        Assert.Equal([2], (await session.GetAsync(A, Cancel)).Value.ToArray());
        await session.AcknowledgeRollbackAsync(Cancel);
        await session.DisposeAsync();

        _fixture.Server.KeepsEverything = true;
        await QueueAndVanishAsync(1);
        _fixture.Server.Restart();
        (_, session) = await _fixture.OpenAsync();
        Assert.False(session.IsRolledBack);
    }

    [Fact]
    public async Task TheNextHolderDiesBeforeItCouldSaySo_TheOneAfterItDoes()
    {
        await QueueAndVanishAsync(3);
        _fixture.Server.Flush();
        var died = _fixture.Start();
        died.Cold.Probe.Before = o => o == HybridStore.Conformance.TierOperation.Commit ? throw new StoreUnavailableException("memory", "gone") : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await died.Store.OpenAsync(_fixture.Session, Cancel));
        _fixture.PassLease();

        var (_, session) = await _fixture.OpenAsync();
        Assert.True(session.IsRolledBack);
    }

    [Fact]
    public async Task TheNextHolder_BeforeItKnowsWhatIsMissing_NeverVouchesForHot()
    {
        await QueueAndVanishAsync(3);
        _fixture.Server.Flush();
        var died = _fixture.Start();
        died.Cold.Probe.Before = o =>
        {
            if (o != HybridStore.Conformance.TierOperation.Commit)
                return Task.CompletedTask;

            // Its heartbeat, which tells hot again what it lacks, comes before it could note the loss in cold; and then it dies.
            _fixture.Clock.Advance(TimeSpan.FromSeconds(13));
            throw new StoreUnavailableException("memory", "gone");
        };
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await died.Store.OpenAsync(_fixture.Session, Cancel));
        Assert.Equal("", (await _fixture.OutboxAsync())!.RunId);
        _fixture.PassLease();

        var (_, session) = await _fixture.OpenAsync();
        Assert.True(session.IsRolledBack);
    }

    [Fact]
    public async Task ALostBranch_ThatComesBack_FitsNowhere()
    {
        await QueueAndVanishAsync(3);
        var branch = _fixture.Server.TakeSnapshot();
        _fixture.Server.Flush();
        var (_, session) = await _fixture.OpenAsync();
        await session.CommitAsync(Queued(A, 100), Cancel);
        await session.DisposeAsync();
        _fixture.Server.Restore(branch);

        (_, session) = await _fixture.OpenAsync();

        Assert.Equal([100], (await session.GetAsync(A, Cancel)).Value.ToArray());
        await session.CommitAsync(Queued(B, 101), Cancel);
        await session.CommitAsync(Put(B, 102).Require(Durability.Persisted), Cancel);
        Assert.Equal([100], (await session.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task HotIsDown_WhileSomethingMayBeQueued_TheSessionDoesNotOpen_AndNobodyIsFenced()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        var epoch = (await _fixture.RealCold.ReadAsync(_fixture.Session, [], false, Cancel)).Head!.Epoch;
        _fixture.PassLease();
        _fixture.Server.IsDown = true;

        var other = _fixture.Start();
        var e = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await other.Store.OpenAsync(_fixture.Session, Cancel));
        Assert.Equal("model", e.Tier);
        Assert.Equal(epoch, (await _fixture.RealCold.ReadAsync(_fixture.Session, [], false, Cancel)).Head!.Epoch);
    }

    [Fact]
    public async Task HotIsDown_NothingIsQueued_TheSessionOpens_AndQueuesOnceHotIsBack()
    {
        var (_, session) = await _fixture.OpenAsync();
        await session.DisposeAsync();
        _fixture.Server.IsDown = true;

        (_, session) = await _fixture.OpenAsync();
        Assert.Equal(CommitOutcome.Persisted, (await session.CommitAsync(Queued(A, 2), Cancel)).Outcome);
        _fixture.Server.IsDown = false;
        Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(Queued(A, 3), Cancel)).Outcome);
    }

    [Fact]
    public async Task TheHolderIsGone_HotWasRestarted_AndItsRunIsDoubtedJustThen_NothingWasLost()
    {
        _fixture.Server.KeepsEverything = true;
        await QueueAndVanishAsync(3);
        _fixture.Server.Restart();

        // What it keeps is not known again before it has said which run it is in.
        _fixture.Server.OnReply = o => Task.FromResult(_fixture.Server.KeepsEverything &= o != TierOperation.InstallEpoch);
        var (_, session) = await _fixture.OpenAsync();

        Assert.False(_fixture.Server.KeepsEverything);
        Assert.False(session.IsRolledBack);
        Assert.Equal(4, await _fixture.ColdVersionAsync());
    }

    [Theory]
    [InlineData(TierOperation.Read)]
    [InlineData(TierOperation.InstallEpoch)]
    public async Task HotIsDownWhenItIsOpened_AndRestartedBeforeTheHolderReachesIt_NothingWasLost(TierOperation from)
    {
        _fixture.Server.KeepsEverything = true;
        var (process, before) = await _fixture.OpenAsync();
        await before.CommitAsync(Queued(A, 2), Cancel);
        await before.DisposeAsync();
        await process.Store.DisposeAsync();
        _fixture.Server.OnRequest = o =>
        {
            _fixture.Server.IsDown |= o == from;
            return Task.CompletedTask;
        };
        (process, var session) = await _fixture.OpenAsync();
        Assert.True(_fixture.Server.IsDown);
        Assert.Equal(CommitOutcome.Persisted, (await session.CommitAsync(Put(A, 3).Require(Durability.Persisted), Cancel)).Outcome);
        Assert.Equal(0, (await _fixture.RealCold.ReadAsync(_fixture.Session, [], false, Cancel)).Head!.AheadEpoch);
        process.LoseCold();
        _fixture.Server.Restart();
        _fixture.PassLease();
        _fixture.Server.IsDown = false;

        (_, session) = await _fixture.OpenAsync();

        Assert.False(session.IsRolledBack);
        Assert.Equal([3], (await session.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task HotIsDownWhenItIsOpened_WhatIsQueuedOnceItIsBack_IsMissedWhenItIsLost()
    {
        _fixture.Server.IsDown = true;
        var (process, session) = await _fixture.OpenAsync();
        _fixture.Server.IsDown = false;

        // Cold can't be told that something may be queued: then nothing is.
        process.Cold.Probe.Fail(TierOperation.SetAhead, afterwards: false);
        Assert.Equal(CommitOutcome.Persisted, (await session.CommitAsync(Queued(A, 2), Cancel)).Outcome);
        process.Cold.Probe.Restore();
        Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(Queued(A, 3), Cancel)).Outcome);
        process.LoseCold();
        _fixture.Server.Flush();
        _fixture.PassLease();

        (_, session) = await _fixture.OpenAsync();

        Assert.True(session.IsRolledBack);
    }

    [Fact]
    public async Task HotHasALeaseThatColdDoesNotSayToQueue_ItDoesNotLiveOnThere()
    {
        _fixture.Server.IsDown = true;
        var (process, session) = await _fixture.OpenAsync();
        _fixture.Server.IsDown = false;
        process.Cold.Probe.Fail(TierOperation.SetAhead, afterwards: false);
        await session.CommitAsync(Put(A, 2).Require(Durability.Persisted), Cancel);
        Assert.Equal(1, (await _fixture.OutboxAsync())!.Epoch);

        process.LoseCold();
        for (var seconds = 0; seconds < 31; seconds++)
            _fixture.Clock.Advance(TimeSpan.FromSeconds(1));

        // Whoever reaches cold need not ask hot whether it lives.
        Assert.False(session.HoldsLease);
        var (_, next) = await _fixture.OpenAsync();
        Assert.True(next.HoldsLease);
    }

    [Fact]
    public async Task HotIsDownWhenItIsOpened_AnotherHasTakenTheLeaseWhenItIsBack_NothingIsQueued()
    {
        _fixture.Server.IsDown = true;
        var (process, session) = await _fixture.OpenAsync();
        var other = await _fixture.RealCold.Leases.AcquireAsync(
            new LeaseRequest(_fixture.Session, "another process", TimeSpan.FromMinutes(5), MayQueue: false) { DeadEpoch = (await _fixture.RealCold.ReadAsync(_fixture.Session, [], false, Cancel)).Head!.Epoch }, Cancel);
        Assert.True(other.Granted);
        _fixture.Server.IsDown = false;

        await Assert.ThrowsAsync<FencedException>(async () => await session.CommitAsync(Queued(A, 2), Cancel));

        Assert.Empty(await _fixture.Server.Connect().Outbox!.ReadAsync(_fixture.Session, 0, 10, Cancel));
        Assert.Equal(0, (await _fixture.RealCold.ReadAsync(_fixture.Session, [], false, Cancel)).Head!.AheadEpoch);
    }

    [Fact]
    public async Task ColdWentBack_BehindWhatItsHolderHasDrained_IsATypedError()
    {
        var (process, session) = await _fixture.OpenAsync();
        await session.CommitAsync(Queued(A, 2), Cancel);
        _fixture.Server.OnRequest = static o => o == TierOperation.Acknowledge ? throw new StoreUnavailableException("model", "cut") : Task.CompletedTask;
        Assert.True(await process.Store.Outbox.RetryAsync(_fixture.Session, Cancel));
        process.Cold.OnAnswer = read => new ColdRead { Head = read.Head! with { Version = 1 }, Records = read.Records, DataKeys = read.DataKeys, Commits = read.Commits };

        // Hot was not told that cold has it, and nothing waits any more: what cold says is not what was before, but less.
        await Assert.ThrowsAsync<ColdWentBackException>(async () => await session.GetAsync(Mapping, Cancel));
        Assert.True(session.RolledBack.IsCancellationRequested);
    }

    [Fact]
    public async Task ColdWentBack_WhileNothingWasQueued_IsATypedError()
    {
        var (_, session) = await _fixture.OpenAsync();
        await session.CommitAsync(Put(A, 2), Cancel);
        await session.DisposeAsync();
        var process = _fixture.Start();
        process.Cold.OnAnswer = read => new ColdRead { Head = read.Head! with { Version = 1 }, Records = read.Records, DataKeys = read.DataKeys, Commits = read.Commits };

        // However often it is tried: what was not opened leaves no mark by which the next attempt would take it for a loss in hot.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var e = await Assert.ThrowsAsync<ColdWentBackException>(async () => await process.Store.OpenAsync(_fixture.Session, Cancel));
            Assert.Equal((2, 1), (e.SeenVersion, e.ColdVersion));
            Assert.Equal(0, (await _fixture.RealCold.ReadAsync(_fixture.Session, [], false, Cancel)).Head!.AheadEpoch);
        }
    }

    [Fact]
    public async Task ColdHasForgottenTheLease_AReaderIsNotToldWhatIsOlderThanWhatWasQueuedUnderIt()
    {
        var (_, first) = await _fixture.OpenAsync();
        await first.DisposeAsync();
        var cold = (InMemoryColdTier)_fixture.RealCold;
        var copy = cold.Content;
        var (holder, session) = await _fixture.OpenAsync();
        holder.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        cold.Content = copy;
        _fixture.PassLease();

        // Cold says nothing of a lease, and has nothing less than hot was told that it has. But hot has commits under an epoch that cold does not know.
        var reader = _fixture.Start().Store;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _fixture.WhileTimePassesAsync(reader.GetAsync(_fixture.Session, A, Cancel)));

        // Whoever opens the session finds them, and then everybody.
        await using var next = await _fixture.Start().Store.OpenAsync(_fixture.Session, Cancel);
        Assert.Equal([2], (await next.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal([2], (await reader.GetAsync(_fixture.Session, A, Cancel)).Value.ToArray());
        Assert.False(next.IsRolledBack);
    }

    [Fact]
    public async Task DeletedAndBegunAgainByOthersWhileItIsOpened_AndHotWasEmptied_IsNotOpenedUnderTheLeaseThatIsOver()
    {
        var (_, first) = await _fixture.OpenAsync();
        await first.DisposeAsync();
        var others = _fixture.Start().Store;
        var isOver = false;
        _fixture.Server.OnReply = async o =>
        {
            if (isOver || o != TierOperation.InstallEpoch)
                return;
            isOver = true;
            await others.DeleteSessionAsync(_fixture.Session, Cancel);
            await others.CommitAsync(_fixture.Session, Put(A, 7), Cancel);
            _fixture.Server.Flush();
        };

        // What it queued then, nobody could ever drain.
        await Assert.ThrowsAsync<FencedException>(async () => await _fixture.Start().Store.OpenAsync(_fixture.Session, Cancel));

        Assert.True(isOver);
        Assert.Equal([7], (await _fixture.Start().Store.GetAsync(_fixture.Session, A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task RolledBack_AndDeletedAndBegunAgainByOthers_ToAcknowledgeItIsRefusedForThat()
    {
        await QueueAndVanishAsync(3);
        _fixture.Server.Flush();
        var (_, session) = await _fixture.OpenAsync();
        var other = _fixture.Start();
        await other.Store.DeleteSessionAsync(_fixture.Session, Cancel);
        var next = await other.Store.OpenAsync(_fixture.Session, Cancel);
        await next.CommitAsync(Put(A, 7).Require(Durability.Persisted), Cancel);

        await Assert.ThrowsAsync<IncarnationEndedException>(async () => await session.AcknowledgeRollbackAsync(Cancel));

        Assert.Equal([7], (await next.GetAsync(A, Cancel)).Value.ToArray());
    }

    // Regression (simulator, seed 932526): the mark was to be cleared in the place of the commit that had just been found in cold, which looked like a cold tier that went back.
    [Fact]
    public async Task RolledBack_ACommitOfUnknownOutcomeIsRepeatedAfterTheLease_ToAcknowledgeItIsFenced()
    {
        await QueueAndVanishAsync(3);
        _fixture.Server.Flush();
        var (process, session) = await _fixture.OpenAsync();
        var taken = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        process.Cold.Probe.After = async o =>
        {
            if (o != HybridStore.Conformance.TierOperation.Commit)
                return;
            taken.SetResult();
            await answer.Task;
        };
        var commit = session.CommitAsync(Put(A, 7).Require(Durability.Persisted), Cancel).AsTask();
        await taken.Task;
        process.LoseCold();
        var acknowledgement = session.AcknowledgeRollbackAsync(Cancel).AsTask();
        _fixture.PassLease();
        process.FindCold();
        answer.SetException(new CommitOutcomeUnknownException(_fixture.Session, CommitId.New()));
        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(() => commit);

        await Assert.ThrowsAsync<FencedException>(() => acknowledgement);

        Assert.Equal([7], (await process.Store.GetAsync(_fixture.Session, A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task TheHolderReachesOnlyHot_ItsLeaseLivesOnThere_AndNobodyTakesTheSession()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        for (var i = 0; i < 20; i++)
            _fixture.Clock.Advance(TimeSpan.FromSeconds(3));

        var other = _fixture.Start();
        await Assert.ThrowsAsync<SessionHeldException>(async () => await other.Store.OpenAsync(_fixture.Session, Cancel));
        await other.Store.ReconcileNowAsync(Cancel);
        Assert.False(session.LeaseLost.IsCancellationRequested);
        Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(Queued(A, 3), Cancel)).Outcome);

        process.FindCold();
        Assert.Equal(4, (await session.CommitAsync(Put(B, 4).Require(Durability.Persisted), Cancel)).Version);
        Assert.Equal([3], (await session.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task AnotherTakesTheSession_WhileItIsTakenOver_ColdDidNotGoBack()
    {
        var (_, first) = await _fixture.OpenAsync();
        await first.DisposeAsync();
        var slow = _fixture.Start();
        AuthSession? theirs = null;
        var isFirst = 1;
        _fixture.Server.OnRequest = async o =>
        {
            if (o != TierOperation.ReadOutbox || Interlocked.Exchange(ref isFirst, 0) == 0)
                return;

            // It has seen cold at 1, and stands still until its lease has run out. What it finds in hot then is queued behind what others have drained.
            slow.LoseCold();
            _fixture.PassLease();
            (var other, theirs) = await _fixture.OpenAsync();
            await theirs.CommitAsync(Queued(A, 2), Cancel);
            await _fixture.UntilColdIsAtAsync(2);
            await _fixture.UntilHotIsToldAsync();
            other.LoseCold();
            await theirs.CommitAsync(Queued(A, 3), Cancel);
            slow.FindCold();
        };

        await Assert.ThrowsAsync<FencedException>(async () => await slow.Store.OpenAsync(_fixture.Session, Cancel));

        Assert.Equal([3], (await theirs!.GetAsync(A, Cancel)).Value.ToArray());
        Assert.False(theirs.RolledBack.IsCancellationRequested);
    }

    [Fact]
    public async Task TheHolderReachesOnlyHot_AndWhoTakesTheLeaseWithoutLearningIt_WaitsForItsEndTheSecondTimeToo()
    {
        var (session, other) = await ReachOnlyHotAsync();
        other.Cold.Probe.After = static o => o == TierOperation.AcquireLease ? throw new StoreUnavailableException("memory", "cut") : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await other.Store.OpenAsync(_fixture.Session, Cancel));
        Assert.True((await _fixture.OutboxAsync())!.HolderLives);
        Assert.True(session.HoldsLease);
        other.FindCold();

        // Cold takes it for its own lease that is asked for again, and knows nothing of the one before any more.
        await using var next = await _fixture.WhileTimePassesAsync(other.Store.OpenAsync(_fixture.Session, Cancel));

        Assert.False(session.HoldsLease);
    }

    /// <summary>A holder that extends its lease in hot, since it does not reach cold, right after another process has asked hot for it: cold takes the holder for gone.</summary>
    private async Task<(AuthSession Session, QueueProcess Other)> ReachOnlyHotAsync()
    {
        var holder = _fixture.Start();
        var session = await holder.Store.OpenAsync(_fixture.Session, Cancel);
        holder.LoseCold();
        var other = _fixture.Start();
        other.Cold.Probe.Before = o =>
        {
            for (var i = 0; o == TierOperation.AcquireLease && i < 12; i++)
                _fixture.Clock.Advance(TimeSpan.FromSeconds(3));
            return Task.CompletedTask;
        };
        return (session, other);
    }

    // Regression (simulator, seed 801657): the epoch was in hot, and who had taken it did not learn that the holder before lives on there.
    [Fact]
    public async Task TheHolderReachesOnlyHot_AndWhoTakesTheLeaseDoesNotLearnThatItLives_WaitsForItsEndTheSecondTimeToo()
    {
        var (session, other) = await ReachOnlyHotAsync();
        _fixture.Server.OnReply = static o => o == TierOperation.InstallEpoch ? throw new StoreUnavailableException("model", "cut") : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await other.Store.OpenAsync(_fixture.Session, Cancel));
        _fixture.Server.OnReply = null;
        other.FindCold();
        Assert.True(session.HoldsLease);

        await using var next = await _fixture.WhileTimePassesAsync(_fixture.Start(o => o.Lease.AcquireTimeout = TimeSpan.FromMinutes(1)).Store.OpenAsync(_fixture.Session, Cancel));

        Assert.False(session.HoldsLease);
    }

    // Regression (simulator, seed 910418): the holder found its first commit in cold, where another had made it, and queued the next one under a lease that was over.
    [Fact]
    public async Task DeletedBeforeItWasBegun_AndItsFirstCommitWasMadeByAnother_NothingIsQueuedBehindIt()
    {
        var process = _fixture.Start();
        var session = await process.Store.OpenAsync(_fixture.Session, Cancel);
        var other = _fixture.Start();
        await other.Store.DeleteSessionAsync(_fixture.Session, Cancel);
        var patch = Put(A, 1);
        await other.Store.CommitAsync(_fixture.Session, patch, Cancel);
        _fixture.Server.OnRequest = static _ => throw new StoreUnavailableException("model", "It is down.");
        Assert.Equal(1, (await session.CommitAsync(patch, Cancel)).Version);
        _fixture.Server.OnRequest = null;
        _fixture.Server.Flush();

        await Assert.ThrowsAsync<FencedException>(async () => await session.CommitAsync(Queued(B, 2), Cancel));

        Assert.True(session.LeaseLost.IsCancellationRequested);
    }

    [Fact]
    public async Task AHolderThatIsTakenOver_ChangesNothingInEitherTier()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        _fixture.PassLease();
        var (_, next) = await _fixture.OpenAsync();
        process.FindCold();

        await Assert.ThrowsAsync<FencedException>(async () => await session.CommitAsync(Queued(A, 9), Cancel));
        await Assert.ThrowsAsync<FencedException>(async () => await session.GetAsync(A, Cancel));
        Assert.True(session.LeaseLost.IsCancellationRequested);
        await next.CommitAsync(Queued(B, 3), Cancel);
        await _fixture.UntilColdIsAtAsync(3);
        Assert.Equal([2], (await next.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task DeletedByAnother_TheHolderThatSawIt_IsFenced_AndNothingElse()
    {
        var (_, session) = await _fixture.OpenAsync();
        var other = _fixture.Start();
        await other.Store.DeleteSessionAsync(_fixture.Session, Cancel);
        Assert.False((await session.GetAsync(Mapping, Cancel)).Exists);

        await Assert.ThrowsAsync<FencedException>(async () => await session.CommitAsync(Put(A, 2), Cancel));
        Assert.True(session.LeaseLost.IsCancellationRequested);
    }

    [Fact]
    public async Task DeletedWhileHotWasDown_WhatWaitedThereGoes_WhenItIsOpenedNext()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        _fixture.Server.IsDown = true;
        var other = _fixture.Start();
        await other.Store.DeleteSessionAsync(_fixture.Session, Cancel);
        _fixture.Server.IsDown = false;
        _fixture.PassLease();

        var next = await other.Store.OpenAsync(_fixture.Session, Cancel);

        Assert.False((await next.GetAsync(A, Cancel)).Exists);
        Assert.Empty(await _fixture.Server.Connect().Outbox.ReadAsync(_fixture.Session, 0, 10, Cancel));
    }

    [Fact]
    public async Task Reconciliation_DrainsWhatAGoneHolderLeft_AndGivesItBack()
    {
        await QueueAndVanishAsync(3);
        var other = _fixture.Start();
        await other.Store.InitializeAsync(Cancel);

        await other.Store.ReconcileNowAsync(Cancel);

        Assert.Equal(4, await _fixture.ColdVersionAsync());
        Assert.Equal(0, await _fixture.ColdAheadAsync());
    }

    [Fact]
    public async Task Reconciliation_OfLostCommits_LeavesTheMarkForWhoOpens()
    {
        await QueueAndVanishAsync(3);
        _fixture.Server.Flush();
        var other = _fixture.Start();
        await other.Store.InitializeAsync(Cancel);
        await other.Store.ReconcileNowAsync(Cancel);
        Assert.Equal(0, await _fixture.ColdAheadAsync());

        var (_, session) = await _fixture.OpenAsync();
        Assert.True(session.IsRolledBack);
    }

    [Fact]
    public async Task Reconciliation_LeavesALivingHolderAlone()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        var other = _fixture.Start();
        await other.Store.InitializeAsync(Cancel);

        await other.Store.ReconcileNowAsync(Cancel);

        process.FindCold();
        Assert.Equal(CommitOutcome.Persisted, (await session.CommitAsync(Put(A, 3).Require(Durability.Persisted), Cancel)).Outcome);
    }

    /// <summary>Queues over what cold lacks, and is gone without a word.</summary>
    private async Task<AuthPatch> QueueAndVanishAsync(byte commits)
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        AuthPatch? last = null;
        for (byte i = 0; i < commits; i++)
        {
            last = Queued(A, (byte)(i + 2));
            Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(last, Cancel)).Outcome);
        }

        _fixture.PassLease();
        return new AuthPatch(last!.CommitId).Set(A, new[] { (byte)(commits + 1) }).Require(Durability.Queued);
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
