using HybridStore.Conformance;
using static HybridStore.Tests.Outbox.QueueFixture;

namespace HybridStore.Tests.Outbox;

/// <summary>Commits that hot takes, and how they come to cold.</summary>
public sealed class QueueTests : IAsyncDisposable
{
    private readonly QueueFixture _fixture = new();

    [Fact]
    public async Task Queued_IsAcknowledgedByHot_AndDrained()
    {
        var (_, session) = await _fixture.OpenAsync();

        var receipt = await session.CommitAsync(Queued(A, 2), Cancel);

        Assert.Equal((CommitOutcome.Queued, 2, false), (receipt.Outcome, receipt.Version, receipt.IsRepeat));
        await _fixture.UntilColdIsAtAsync(2);
        Assert.Equal([2], (await session.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task ByType_OnlyWhatCanBeHadAgainIsQueued()
    {
        var (_, session) = await _fixture.OpenAsync();

        Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(Put(Mapping, 1), Cancel)).Outcome);
        Assert.Equal(CommitOutcome.Persisted, (await session.CommitAsync(Put(A, 2), Cancel)).Outcome);
        Assert.Equal(3, await _fixture.ColdVersionAsync());
    }

    [Fact]
    public async Task NotTheHolder_SawWhatIsQueued_ItsCommitIsFenced_AndNothingElse()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        var other = _fixture.Start();
        Assert.Equal(2, (await other.Store.GetAsync(_fixture.Session, A, Cancel)).Version);

        await Assert.ThrowsAsync<FencedException>(async () => await other.Store.CommitAsync(_fixture.Session, Put(B, 3), Cancel));

        Assert.Equal([2], (await other.Store.GetAsync(_fixture.Session, A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task WhatIsPutTogetherFromBothTiers_FillsNothing()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        var fills = 0;
        _fixture.Server.OnRequest = o => Task.FromResult(fills += o == HybridStore.Conformance.TierOperation.Fill ? 1 : 0);
        var other = _fixture.Start();

        // Not in hot, so cold is asked; by its holder too, when it reaches cold again.
        Assert.False((await other.Store.GetAsync(_fixture.Session, Mapping, Cancel)).Exists);
        Assert.Equal(0, fills);
    }

    [Fact]
    public async Task DeletedAndCreatedAnew_TheFormerHolder_IsNotAnsweredFromBothLives()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        await session.CommitAsync(Queued(A, 3), Cancel);
        var other = _fixture.Start();
        await other.Store.DeleteSessionAsync(_fixture.Session, Cancel);
        await other.Store.CommitAsync(_fixture.Session, Put(B, 9).ForIncarnation(2), Cancel);
        process.FindCold();

        var read = await session.GetManyAsync([A, B, Mapping], Cancel);

        Assert.Equal((2, 1), (read.Incarnation, read.SessionVersion));
        Assert.False(read[0].Exists);
        Assert.Equal([9], read[1].Value.ToArray());
    }

    [Fact]
    public async Task ColdIsDown_WhatMayBeQueuedIs_AndWhatMustNotIsRefused()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();

        Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(Put(A, 2), Cancel)).Outcome);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await session.CommitAsync(Put(A, 3).Require(Durability.Persisted), Cancel));
        Assert.Equal([2], (await session.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal([1], (await session.GetAsync(B, Cancel)).Value.ToArray());

        process.FindCold();
        var receipt = await session.CommitAsync(Put(B, 4).Require(Durability.Persisted), Cancel);
        Assert.Equal((CommitOutcome.Persisted, 3), (receipt.Outcome, receipt.Version));
        Assert.Equal(3, await _fixture.ColdVersionAsync());
    }

    [Fact]
    public async Task HotIsDown_QueuedBecomesPersisted()
    {
        var (_, session) = await _fixture.OpenAsync();
        _fixture.Server.IsDown = true;

        Assert.Equal(CommitOutcome.Persisted, (await session.CommitAsync(Queued(A, 2), Cancel)).Outcome);

        _fixture.Server.IsDown = false;
        Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(Queued(A, 3), Cancel)).Outcome);
        Assert.Equal([3], (await session.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task BothAreDown_NothingIsAcknowledged_AndReadsOfTheHolderGoOn()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        _fixture.Server.IsDown = true;

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await session.CommitAsync(Queued(A, 2), Cancel));
        Assert.Equal([1], (await session.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task Persisted_CarriesWhatIsQueuedBeforeIt()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        for (byte i = 2; i < 10; i++)
            await session.CommitAsync(Queued(A, i), Cancel);
        process.FindCold();

        await session.CommitAsync(Put(B, 9).Require(Durability.Persisted), Cancel);

        Assert.Equal(10, await _fixture.ColdVersionAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HotLosesItsReply_TheCommitIsKnownOnceThroughCold(bool coldIsUp)
    {
        var (process, session) = await _fixture.OpenAsync();
        if (!coldIsUp)
            process.LoseCold();
        var lost = false;
        _fixture.Server.OnReply = o => o == TierOperation.Queue && !lost && (lost = true) ? throw new StoreUnavailableException("model", "cut") : Task.CompletedTask;
        var patch = Queued(A, 2);

        if (coldIsUp)
        {
            Assert.Equal(2, (await session.CommitAsync(patch, Cancel)).Version);
        }
        else
        {
            await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await session.CommitAsync(patch, Cancel));
            Assert.Equal(2, (await session.CommitAsync(patch, Cancel)).Version);
            process.FindCold();
        }

        Assert.Equal(3, (await session.CommitAsync(Queued(A, 3), Cancel)).Version);
        Assert.True((await session.CommitAsync(patch, Cancel)) is { Version: 2, IsRepeat: true });
        await session.CommitAsync(Put(B, 4).Require(Durability.Persisted), Cancel);
        Assert.Equal(4, await _fixture.ColdVersionAsync());
        Assert.Equal([3], (await session.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task HotLosesItsReply_AndColdIsFull_TheOutcomeIsUnknown_AndNothingTakesItsPlace()
    {
        var (process, session) = await _fixture.OpenAsync();
        var lost = false;
        _fixture.Server.OnReply = o => o == TierOperation.Queue && !lost && (lost = true) ? throw new StoreUnavailableException("model", "cut") : Task.CompletedTask;
        process.Cold.Probe.Before = o => o == TierOperation.Commit ? throw new StoreUnusableException("memory", StoreUnusableReason.Full, "No room.") : Task.CompletedTask;
        var patch = Queued(A, 2);

        // Cold answers and has not taken it; hot has, and that is what counts.
        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await session.CommitAsync(patch, Cancel));
        process.FindCold();

        Assert.Equal(3, (await session.CommitAsync(Put(B, 3).Require(Durability.Persisted), Cancel)).Version);
        Assert.True(await session.CommitAsync(patch, Cancel) is { Version: 2, IsRepeat: true });
        Assert.Equal([2], (await session.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal([2], (await _fixture.Start().Store.GetAsync(_fixture.Session, A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task ColdLosesItsReply_AndCanNotBeReadForTheConditions_TheOutcomeIsUnknown()
    {
        var (process, session) = await _fixture.OpenAsync();
        var patch = Put(A, 2).Expect(Mapping, 0);
        process.Cold.Probe.After = o => o == TierOperation.Commit ? throw new CommitOutcomeUnknownException(_fixture.Session, patch.CommitId) : Task.CompletedTask;
        process.Cold.Probe.Before = o => o == TierOperation.Read ? throw new StoreUnusableException("memory", StoreUnusableReason.Damaged, "It can't be read.") : Task.CompletedTask;

        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await session.CommitAsync(patch, Cancel));
        process.FindCold();

        Assert.Equal(3, (await session.CommitAsync(Put(B, 3), Cancel)).Version);
        Assert.Equal([2], (await session.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task HotLosesItsReply_AndColdFencesTheHolder_TheOutcomeIsUnknown_SinceWhoTookTheSessionFindsTheCommit()
    {
        var (process, session) = await _fixture.OpenAsync();
        var lost = false;
        _fixture.Server.OnReply = async o =>
        {
            if (o != TierOperation.Queue || lost)
                return;
            lost = true;
            process.LoseCold();
            _fixture.PassLease();
            process.FindCold();

            // It raises the epoch in cold and comes no further: what was queued is in hot alone.
            _fixture.Server.OnRequest = static r => r == TierOperation.InstallEpoch ? throw new StoreUnavailableException("model", "cut") : Task.CompletedTask;
            await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _fixture.Start().Store.OpenAsync(_fixture.Session, Cancel));
            _fixture.Server.OnRequest = null;
            throw new StoreUnavailableException("model", "cut");
        };

        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await session.CommitAsync(Queued(A, 2), Cancel));

        Assert.True(session.LeaseLost.IsCancellationRequested);
        await Assert.ThrowsAsync<FencedException>(async () => await session.CommitAsync(Queued(A, 9), Cancel));
        _fixture.PassLease();
        var (_, next) = await _fixture.OpenAsync();
        Assert.Equal([2], (await next.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal(3, (await next.CommitAsync(Queued(A, 3), Cancel)).Version);
    }

    [Fact]
    public async Task ColdLosesItsReply_TheSameStepGoesToHot_AndIsAppliedOnce()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.Cold.Probe.Fail(TierOperation.Commit, afterwards: true);
        process.Cold.Probe.After = o => o == TierOperation.Commit ? throw new CommitOutcomeUnknownException(_fixture.Session, CommitId.New()) : Task.CompletedTask;

        var receipt = await session.CommitAsync(Put(A, 2), Cancel);

        Assert.Equal((CommitOutcome.Queued, 2), (receipt.Outcome, receipt.Version));
        Assert.Equal(2, await _fixture.ColdVersionAsync());
        process.FindCold();
        Assert.Equal(3, (await session.CommitAsync(Put(A, 3).Require(Durability.Persisted), Cancel)).Version);
        Assert.Equal(3, await _fixture.ColdVersionAsync());
    }

    [Fact]
    public async Task AFullOutbox_PersistsWhileColdIsUp_AndRefusesWhileItIsDown()
    {
        var (process, session) = await _fixture.OpenAsync(o => o.Outbox.MaxEntries = 3);
        process.LoseCold();
        for (byte i = 2; i < 5; i++)
            await session.CommitAsync(Queued(A, i), Cancel);

        var e = await Assert.ThrowsAsync<OutboxFullException>(async () => await session.CommitAsync(Queued(A, 9), Cancel));
        Assert.Equal((3, true), (e.Entries, e.IsTransient));

        process.FindCold();
        var receipt = await session.CommitAsync(Queued(A, 9), Cancel);
        Assert.Equal(5, receipt.Version);
        Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(Queued(A, 10), Cancel)).Outcome);
    }

    [Fact]
    public async Task Conditions_OfAQueuedCommit_AreCheckedAtItsVersion()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);

        var e = await Assert.ThrowsAsync<CommitConflictException>(
            async () => await session.CommitAsync(Queued(B, 3).Expect(A, 1), Cancel));
        Assert.Equal((A, 1L, 2L), (e.Key!.Value, e.ExpectedVersion, e.ActualVersion));
        Assert.Equal(3, (await session.CommitAsync(Queued(B, 3).Expect(A, 2), Cancel)).Version);
    }

    [Fact]
    public async Task Many_AtOnce_AreTakenInFewSteps_AndAllDrained()
    {
        var (process, session) = await _fixture.OpenAsync();

        var receipts = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => session.CommitAsync(Queued(new AuthKey("session", $"k{i % 20}"), (byte)i), Cancel).AsTask()));

        Assert.Equal(Enumerable.Range(2, 200).Select(i => (long)i), receipts.Select(r => r.Version).Order());
        await _fixture.UntilColdIsAtAsync(201);
        for (var i = 180; i < 200; i++)
            Assert.Equal([(byte)i], (await process.Store.GetAsync(_fixture.Session, new AuthKey("session", $"k{i % 20}"), Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task ARecordRewrittenWhileColdIsDown_IsDrainedOnce()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        var value = new byte[100_000];
        for (byte i = 2; i < 102; i++)
        {
            Random.Shared.NextBytes(value);
            await session.CommitAsync(new AuthPatch().Set(A, value).Require(Durability.Queued), Cancel);
        }

        process.FindCold();
        var before = process.Cold.Probe.Bytes;
        await session.DisposeAsync();

        Assert.Equal(101, await _fixture.ColdVersionAsync());
        Assert.InRange(process.Cold.Probe.Bytes - before, 100_000, 400_000);
        Assert.Equal(0, await _fixture.ColdAheadAsync());
    }

    [Fact]
    public async Task Closing_DrainsAndLeavesNoMark_AndIfItCanNotTheNextOneFindsIt()
    {
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(A, 2), Cancel);
        await session.DisposeAsync();
        process.FindCold();
        _fixture.PassLease();

        var (_, next) = await _fixture.OpenAsync();

        Assert.Equal([2], (await next.GetAsync(A, Cancel)).Value.ToArray());
        Assert.False(next.IsRolledBack);
        await next.DisposeAsync();
        Assert.Equal(0, await _fixture.ColdAheadAsync());
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
