using HybridStore.InMemory;
using HybridStore.Tiers;
using static HybridStore.Tests.Outbox.QueueFixture;

namespace HybridStore.Tests.Outbox;

/// <summary>What is queued is in cold only if cold has it in its place, and not where others' commits are there.</summary>
public sealed class OthersInColdTests : IAsyncDisposable
{
    private readonly QueueFixture _fixture = new();
    private InMemoryColdTier? _older;
    private QueueProcess? _other;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task ColdWentBack_AndHasOthersCommitsThere_NothingQueuedIsTakenForDrained(int commits)
    {
        var (process, session) = await QueueAndGoBackAsync(commits);

        var remainder = await process.Store.Outbox.DrainAsync(TimeSpan.Zero);

        Assert.Equal(2, remainder.Entries);
        var cold = await process.Cold.ReadAsync(_fixture.Session, [A, B], withDataKeys: false, Cancel);
        Assert.Equal((commits + 1, commits + 1, 1), (cold.Head!.Version, cold.Records[0].Version, cold.Records[1].Version));
        Assert.Equal([20], (await session.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task ColdWentBack_AndHasOthersCommitsThere_ParksTheSession()
    {
        var (process, session) = await QueueAndGoBackAsync(commits: 2, o => o.Outbox.MaxTries = 1);

        await process.Store.Outbox.DrainAsync(TimeSpan.Zero);

        var e = await Assert.ThrowsAsync<OutboxParkedException>(async () => await session.CommitAsync(Queued(A, 9), Cancel));
        // The drainer joins the two, unless it had taken up the first before the second came.
        Assert.InRange(e.Version, 2, 3);
        Assert.Contains(nameof(ColdCommitStatus.WentBack), e.Message, StringComparison.Ordinal);
        Assert.True(session.RolledBack.IsCancellationRequested);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task ColdWentBack_AndHasOthersCommitsThere_APersistedCommitThatCarriesWhatIsQueued_IsNotAcknowledged(int commits)
    {
        var (process, session) = await QueueAndGoBackAsync(commits);

        await Assert.ThrowsAsync<ColdWentBackException>(async () => await session.CommitAsync(Put(B, 40).Require(Durability.Persisted), Cancel));

        Assert.Equal(2, (await process.Store.Outbox.DrainAsync(TimeSpan.Zero)).Entries);
        var cold = await process.Cold.ReadAsync(_fixture.Session, [A], withDataKeys: false, Cancel);
        Assert.Equal(commits + 1, cold.Records[0].Version);
    }

    // Regression (simulator, seed 801548): hot was at the same version as cold, and was believed to have the same.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task ColdWentBack_AndHasOthersCommitsThere_WhoTakesTheSessionOver_IsToldOfIt_AndPutsNothingOnTopOfThem(int commits)
    {
        await QueueAndGoBackAsync(commits, finds: false);
        _other!.LoseCold();
        _fixture.PassLease();
        var next = _fixture.Start();
        next.Cold.Inner = _older!;

        await Assert.ThrowsAsync<ColdWentBackException>(async () => await next.Store.OpenAsync(_fixture.Session, Cancel));

        var cold = await next.Cold.ReadAsync(_fixture.Session, [A, B], withDataKeys: false, Cancel);
        Assert.Equal((commits + 1, commits + 1, 1), (cold.Head!.Version, cold.Records[0].Version, cold.Records[1].Version));
    }

    [Fact]
    public async Task ColdWentBack_AndHasAnothersCommitInThePlaceOfTheFirstOfTwoThatAreJoined_NeitherIsAcknowledged()
    {
        var older = new InMemoryColdTier(_fixture.Clock) { Content = ((InMemoryColdTier)_fixture.RealCold).Content };
        var process = _fixture.Start();
        var session = await process.Store.OpenAsync(_fixture.Session, Cancel);
        _fixture.Server.OnRequest = static _ => throw new StoreUnavailableException("model", "It is down.");
        var other = _fixture.Start();
        other.Cold.Inner = older;
        var theirs = await other.Store.OpenAsync(_fixture.Session, Cancel);
        await theirs.CommitAsync(Put(A, 1), Cancel);
        _fixture.Server.OnRequest = null;
        process.Cold.Inner = older;

        // What waits while the first is under way goes in one step.
        var gate = new TaskCompletionSource();
        process.Cold.Probe.Before = o => o == HybridStore.Conformance.TierOperation.Commit ? gate.Task : Task.CompletedTask;
        var first = session.CommitAsync(Put(B, 2), Cancel).AsTask();
        Task<CommitReceipt>[] joined = [session.CommitAsync(Put(A, 3), Cancel).AsTask(), session.CommitAsync(Put(B, 4), Cancel).AsTask()];
        gate.SetResult();

        await Assert.ThrowsAsync<ColdWentBackException>(() => first);
        foreach (var commit in joined)
            await Assert.ThrowsAsync<ColdWentBackException>(() => commit);
    }

    // Regression (simulator, seed 951401): it went on under its lease, and queued what was sealed with a data key that cold did not have.
    [Fact]
    public async Task ColdForgotTheLease_AndAnotherBeganTheSessionWithTheSameCommit_TheLeaseIsOver()
    {
        var older = new InMemoryColdTier(_fixture.Clock);
        var process = _fixture.Start();
        var session = await process.Store.OpenAsync(_fixture.Session, Cancel);
        process.Cold.Inner = older;
        var other = _fixture.Start();
        other.Cold.Inner = older;
        var patch = Put(A, 1);
        process.Cold.Probe.Before = async o =>
        {
            if (o != HybridStore.Conformance.TierOperation.Commit)
                return;
            process.Cold.Probe.Before = null;
            await other.Store.CommitAsync(_fixture.Session, patch, Cancel);
        };

        await Assert.ThrowsAsync<FencedException>(async () => await session.CommitAsync(patch, Cancel));

        Assert.False(session.HoldsLease);
        await session.DisposeAsync();
        await using var next = await process.Store.OpenAsync(_fixture.Session, Cancel);
        Assert.True((await next.CommitAsync(patch, Cancel)).IsRepeat);
        Assert.Equal(CommitOutcome.Queued, (await next.CommitAsync(Queued(B, 2), Cancel)).Outcome);
        await next.DisposeAsync();
        var read = await _fixture.WhileTimePassesAsync(other.Store.GetManyAsync(_fixture.Session, [A, B], Cancel));
        Assert.Equal((1, 2), (read[0].Value.Span[0], read[1].Value.Span[0]));
    }

    // Regression (simulator, seed 984625): who held it meanwhile told hot that cold has what was queued, and nobody learned that it is lost.
    [Fact]
    public async Task ColdForgotTheLease_AndWhoHeldTheSessionWithoutHotGivesItBack_WhatIsQueuedThereIsNotTakenForDrained()
    {
        var (_, first) = await _fixture.OpenAsync();
        await first.DisposeAsync();
        var older = new InMemoryColdTier(_fixture.Clock) { Content = ((InMemoryColdTier)_fixture.RealCold).Content };
        var lease = await older.Leases.AcquireAsync(new LeaseRequest(_fixture.Session, "another", TimeSpan.FromMinutes(1), MayQueue: false), Cancel);
        await older.Leases.ReleaseAsync(new LeaseRef(_fixture.Session, lease.Epoch), drained: true, Cancel);
        var (process, session) = await _fixture.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(Queued(B, 10), Cancel);
        var other = _fixture.Start();
        other.Cold.Inner = older;
        _fixture.Server.OnRequest = static _ => throw new StoreUnavailableException("model", "It is down.");
        await other.Store.CommitAsync(_fixture.Session, Put(A, 20), Cancel);
        var theirs = await other.Store.OpenAsync(_fixture.Session, Cancel);
        Assert.Equal(3, theirs.Epoch);
        _fixture.Server.OnRequest = null;

        await theirs.DisposeAsync();

        Assert.Equal((2, 1), await _fixture.OutboxAsync() is { } outbox ? (outbox.Version, outbox.DrainedVersion) : default);
        _fixture.PassLease();
        var next = _fixture.Start();
        next.Cold.Inner = older;
        await Assert.ThrowsAsync<ColdWentBackException>(async () => await next.Store.OpenAsync(_fixture.Session, Cancel));
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    /// <summary>
    /// Two commits are queued, at versions 2 and 3, and cold does not answer. It goes back to before the lease, so that whoever opens the session there is given the same epoch, and makes
    /// commits in the place of those.
    /// </summary>
    private async Task<(QueueProcess Process, AuthSession Session)> QueueAndGoBackAsync(int commits, Action<HybridAuthStoreOptions>? configure = null, bool finds = true)
    {
        var (_, first) = await _fixture.OpenAsync();
        await first.DisposeAsync();
        var older = _older = new InMemoryColdTier(_fixture.Clock) { Content = ((InMemoryColdTier)_fixture.RealCold).Content };
        var (process, session) = await _fixture.OpenAsync(configure);
        process.LoseCold();
        await session.CommitAsync(Queued(B, 10), Cancel);
        await session.CommitAsync(Queued(A, 20), Cancel);

        // Hot would tell them of the first lease.
        _fixture.Server.OnRequest = static _ => throw new StoreUnavailableException("model", "It is down.");
        var other = _other = _fixture.Start();
        other.Cold.Inner = older;
        var theirs = await other.Store.OpenAsync(_fixture.Session, Cancel);
        for (var i = 1; i <= commits; i++)
            await theirs.CommitAsync(Put(A, (byte)i).Require(Durability.Persisted), Cancel);
        _fixture.Server.OnRequest = null;
        process.Cold.Inner = older;
        if (finds)
            process.FindCold();
        return (process, session);
    }
}
