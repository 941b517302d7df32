using HybridStore.Conformance;
using HybridStore.InMemory;
using HybridStore.Tiers;
using static HybridStore.Tests.Outbox.QueueFixture;

namespace HybridStore.Tests.Outbox;

/// <summary>What a caller demands and what it is told hold for repeats too, and after the lease is gone.</summary>
public sealed class DemandTests : IAsyncDisposable
{
    private readonly QueueFixture _fixture = new();

    [Fact]
    public async Task ColdHasAnotherCommitInItsPlace_IsNotAcknowledged()
    {
        var process = _fixture.Start();
        var session = await process.Store.OpenAsync(_fixture.Session, Cancel);
        var older = new InMemoryColdTier(_fixture.Clock);
        var other = _fixture.Start();
        other.Cold.Inner = older;
        _fixture.Server.OnRequest = static _ => throw new StoreUnavailableException("model", "it would tell of the first lease");
        var theirs = await other.Store.OpenAsync(_fixture.Session, Cancel);
        _fixture.Server.OnRequest = null;
        await theirs.CommitAsync(Put(A, 1), Cancel);

        // Cold went back to before the first lease, so both have the same epoch, and somebody else's commit is where this one belongs.
        process.Cold.Inner = older;
        await Assert.ThrowsAsync<ColdWentBackException>(async () => await session.CommitAsync(Put(A, 2), Cancel));

        Assert.Equal([1], (await theirs.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task ColdHasAnotherCommitInItsPlace_AndIsGivenThisOneBehindIt_IsAcknowledgedWhereItIs()
    {
        var process = _fixture.Start();
        var session = await process.Store.OpenAsync(_fixture.Session, Cancel);
        var older = new InMemoryColdTier(_fixture.Clock);
        var other = _fixture.Start();
        other.Cold.Inner = older;
        _fixture.Server.OnRequest = static _ => throw new StoreUnavailableException("model", "it would tell of the first lease");
        var theirs = await other.Store.OpenAsync(_fixture.Session, Cancel);
        _fixture.Server.OnRequest = null;
        await theirs.CommitAsync(Put(A, 1), Cancel);
        process.Cold.Inner = older;
        var patch = Put(A, 2);
        var commits = 0;

        // Cold answers that it has something there already. Then, before this process looks what that is, the other one makes the same commit.
        process.Cold.Probe.After = async o =>
        {
            if (o == TierOperation.Commit && Interlocked.Increment(ref commits) == 1)
                await theirs.CommitAsync(patch, Cancel);
        };

        var receipt = await session.CommitAsync(patch, Cancel);

        Assert.Equal((2, true), (receipt.Version, receipt.IsRepeat));
        Assert.Equal(1, commits);
    }

    [Fact]
    public async Task ColdHasAnotherCommitInItsPlace_AndTheLeaseIsLostOnTheWay_IsNotAcknowledged()
    {
        var process = _fixture.Start();
        var session = await process.Store.OpenAsync(_fixture.Session, Cancel);
        var older = new InMemoryColdTier(_fixture.Clock);
        var other = _fixture.Start();
        other.Cold.Inner = older;

        // While the commit looks for the session's keys, its lease ends, and cold goes back to before it: its epoch is good again, and somebody else's commit is where it belongs.
        process.Cold.Probe.Before = async o =>
        {
            if (o != TierOperation.Read)
                throw new StoreUnavailableException("memory", "cut");
            _fixture.PassLease();
            _fixture.Server.OnRequest = static _ => throw new StoreUnavailableException("model", "it would tell of the first lease");
            var theirs = await other.Store.OpenAsync(_fixture.Session, Cancel);
            _fixture.Server.OnRequest = null;
            await theirs.CommitAsync(Put(A, 1), Cancel);
            process.Cold.Inner = older;
            process.FindCold();
        };

        await Assert.ThrowsAsync<ColdWentBackException>(async () => await session.CommitAsync(Put(A, 2), Cancel));
        Assert.True(session.LeaseLost.IsCancellationRequested);
    }

    [Fact]
    public async Task ARepeatDuringWhichTheSessionIsOpened_IsNotMadeAgain()
    {
        var patch = Queued(Creds, 1);
        var (_, session) = await _fixture.OpenAsync();
        await session.CommitAsync(patch, Cancel);
        await session.DisposeAsync();
        await _fixture.UntilColdIsAtAsync(2);
        _fixture.Server.Flush();
        var process = _fixture.Start();
        var (reads, arrived, goOn) = (0, new TaskCompletionSource(), new TaskCompletionSource());
        process.Cold.Probe.Before = o =>
        {
            if (o != TierOperation.Read || Interlocked.Increment(ref reads) != 1)
                return Task.CompletedTask;
            arrived.SetResult();
            return goOn.Task;
        };

        // It has begun without the lease, and looks at the credentials that are there; then its process takes the lease, under which hot is asked first, and hot has forgotten it.
        var repeat = process.Store.CommitAsync(_fixture.Session, patch, Cancel).AsTask();
        await arrived.Task;
        await using var opened = await process.Store.OpenAsync(_fixture.Session, Cancel);
        goOn.SetResult();

        Assert.True(await repeat is { Version: 2, IsRepeat: true }, $"{await repeat}");
        Assert.Equal(2, await _fixture.ColdVersionAsync());
    }

    [Fact]
    public async Task DeletedWhileARepeatLooksForItself_ColdDidNotGoBack()
    {
        var (process, session) = await _fixture.OpenAsync();
        var patch = Put(A, 2);
        _fixture.Server.IsDown = true;
        process.Cold.Probe.After = o => o == TierOperation.Commit ? throw new CommitOutcomeUnknownException(_fixture.Session, patch.CommitId) : Task.CompletedTask;
        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await session.CommitAsync(patch, Cancel));

        // It is there when cold is asked for it again, and its session is not any more a moment later.
        process.Cold.Probe.After = async o =>
        {
            if (o == TierOperation.Commit)
                await _fixture.RealCold.DeleteSessionAsync(_fixture.Session, Cancel);
        };

        await Assert.ThrowsAsync<IncarnationEndedException>(async () => await session.CommitAsync(patch, Cancel));
        Assert.True(session.LeaseLost.IsCancellationRequested);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ColdWentBack_AndHotWasToldMore_IsToldToWhoReadsWithoutTheLease(bool hotIsBelieved)
    {
        var (_, session) = await _fixture.OpenAsync();
        var before = await _fixture.RealCold.ReadAsync(_fixture.Session, [A], withDataKeys: true, Cancel);
        await using var older = new InMemoryColdTier(_fixture.Clock);
        await older.CommitAsync(
            new ColdCommit
            {
                Session = _fixture.Session,
                Incarnation = 1,
                SealedWith = before.DataKeys[0].Id,
                NewDataKey = before.DataKeys[0],
                Patches = [new SealedPatch { CommitId = CommitId.New(), Changes = [new SealedChange(A, before.Records[0].Envelope)] }],
            },
            Cancel);
        await session.CommitAsync(Put(A, 2).Require(Durability.Persisted), Cancel);

        var reader = _fixture.Start();
        reader.Cold.Inner = older;
        if (!hotIsBelieved)
            _fixture.Clock.Advance(TimeSpan.FromSeconds(2));

        // What is read before cold is asked is right; nobody is told what was before that.
        if (hotIsBelieved)
            Assert.Equal([2], (await reader.Store.GetAsync(_fixture.Session, A, Cancel)).Value.ToArray());
        else
            await Assert.ThrowsAsync<ColdWentBackException>(async () => await reader.Store.GetAsync(_fixture.Session, A, Cancel));
    }

    [Fact]
    public async Task ConditionsOfACommitThatColdHasTaken_AreNoConflict_WhileItsOutcomeIsUnknown()
    {
        var (process, session) = await _fixture.OpenAsync();
        var patch = Put(A, 2).Expect(A, 1);
        process.Cold.Probe.After = o => o == TierOperation.Commit ? throw new CommitOutcomeUnknownException(_fixture.Session, patch.CommitId) : Task.CompletedTask;
        _fixture.Server.IsDown = true;
        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await session.CommitAsync(patch, Cancel));

        // It is there, in cold, and its own condition does not hold any more. Hot is asked to take it in cold's place, and knows nothing.
        _fixture.Server.IsDown = false;
        _fixture.Server.Flush();
        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await session.CommitAsync(patch, Cancel));
        process.Cold.Probe.After = null;

        Assert.Equal(3, (await session.CommitAsync(Put(A, 9), Cancel)).Version);
        Assert.Equal([9], (await session.GetAsync(A, Cancel)).Value.ToArray());
        Assert.True(await session.CommitAsync(patch, Cancel) is { Version: 2, IsRepeat: true });
    }

    [Fact]
    public async Task Persisted_OfUnknownOutcomeThatWasQueuedMeanwhile_IsNotAcknowledgedBeforeColdHasIt()
    {
        var (process, session) = await _fixture.OpenAsync();
        var patch = Put(A, 2).Require(Durability.Persisted);
        process.Cold.Probe.Before = o => o == TierOperation.Commit ? throw new CommitOutcomeUnknownException(_fixture.Session, patch.CommitId) : Task.CompletedTask;
        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await session.CommitAsync(patch, Cancel));

        // What comes next resolves it first, wherever that gets through.
        Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(Queued(Mapping, 1), Cancel)).Outcome);
        var told = await Record.ExceptionAsync(async () => await session.CommitAsync(patch, Cancel));
        Assert.True(told is AuthStoreException { IsTransient: true }, $"{told}");

        process.FindCold();
        var receipt = await session.CommitAsync(patch, Cancel);
        Assert.Equal((CommitOutcome.Persisted, 2), (receipt.Outcome, receipt.Version));
        Assert.True(await _fixture.ColdVersionAsync() >= 2);
    }

    [Fact]
    public async Task Deleted_AndTheHandleWasClosed_ACommitThatDoesNotKnowOfItBeginsNoOtherLife()
    {
        var (process, session) = await _fixture.OpenAsync();
        await _fixture.Start().Store.DeleteSessionAsync(_fixture.Session, Cancel);
        await Assert.ThrowsAsync<IncarnationEndedException>(async () => await session.CommitAsync(Queued(A, 2), Cancel));

        await session.DisposeAsync();

        await Assert.ThrowsAsync<IncarnationEndedException>(async () => await process.Store.CommitAsync(_fixture.Session, Put(A, 3), Cancel));
    }

    [Fact]
    public async Task TheHolderIsGone_AndTheNextOneQueuesNothing_OpensWhereHotHasNothingLeft()
    {
        var (process, session) = await _fixture.OpenAsync();
        await session.CommitAsync(Queued(A, 2), Cancel);
        await _fixture.UntilColdIsAtAsync(2);
        await _fixture.UntilHotIsToldAsync();
        process.LoseCold();
        _fixture.PassLease();

        var next = _fixture.Start(o => o.Outbox.Enabled = false);
        var opening = next.Store.OpenAsync(_fixture.Session, Cancel).AsTask();
        while (!opening.IsCompleted)
        {
            _fixture.Clock.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }

        await using var opened = await opening;
        Assert.Equal([2], (await opened.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task CreatedAndNothingQueued_OthersReadIt()
    {
        await _fixture.OpenAsync();

        var reading = _fixture.Start().Store.GetAsync(_fixture.Session, A, Cancel).AsTask();
        while (!reading.IsCompleted)
        {
            _fixture.Clock.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }

        Assert.Equal([1], (await reading).Value.ToArray());
    }

    [Fact]
    public async Task CreatedAndNothingQueued_TheHolderIsGone_IsNotRolledBack()
    {
        var (process, _) = await _fixture.OpenAsync();
        process.LoseCold();
        _fixture.PassLease();

        await using var next = await _fixture.Start().Store.OpenAsync(_fixture.Session, Cancel);

        Assert.False(next.IsRolledBack);
        Assert.Equal(1, await _fixture.ColdVersionAsync());
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
