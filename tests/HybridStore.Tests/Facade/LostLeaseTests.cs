using HybridStore.Conformance;
using HybridStore.Sqlite;
using HybridStore.Tests.Support;
using static HybridStore.Tests.Support.StoreFixture;

namespace HybridStore.Tests.Facade;

/// <summary>What becomes of a process that does not hold its session any more, or can't be sure to.</summary>
public sealed class LostLeaseTests : IAsyncDisposable
{
    private static readonly AuthKey A = new("session", "a");
    private static readonly AuthKey B = new("session", "b");
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(3);
    private readonly StoreFixture _fixture = new();

    private AuthSessionId Session => _fixture.Session;

    private ManualClock Time => _fixture.Time;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Renewal_ThatFailsOrHangs_LosesTheLeaseOnlyAfterFourFifths(bool hangs)
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await OpenAsync(store);
        var gate = new Gate();
        cold.FaultyLeases.BeforeRenew = hangs ? gate.PassAsync : () => throw new StoreUnavailableException("sqlite", "down");

        Time.Advance(TimeSpan.FromSeconds(23));
        Assert.True(session.HoldsLease);
        Assert.False(session.LeaseLost.IsCancellationRequested);
        Assert.Equal([1], (await session.GetAsync(A, Cancel)).Value.ToArray());
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }), Cancel);

        // Four fifths are 24 seconds, nine tenths are 27.
        Time.Advance(TimeSpan.FromSeconds(3.9));
        Assert.True(session.LeaseLost.IsCancellationRequested);
        Assert.False(session.HoldsLease);
        await LeaseTests.AssertEachThrowsAsync<FencedException>(session, A);
        gate.Open();
    }

    [Fact]
    public async Task Renewal_ThatFailsForAWhile_IsTriedAgainAtEveryTick()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await OpenAsync(store);
        cold.FaultyLeases.BeforeRenew = () => throw new StoreUnavailableException("sqlite", "down");
        Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(3, cold.FaultyLeases.Renewals.Count);

        cold.FaultyLeases.BeforeRenew = null;
        for (var i = 0; i < 20; i++)
            Time.Advance(Tick);

        Assert.True(session.HoldsLease);
        Assert.False(session.LeaseLost.IsCancellationRequested);
    }

    [Fact]
    public async Task Renewal_ThatHangsForEver_DoesNotStopTheHeartbeatOfTheOthers()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await OpenAsync(store);
        var gate = new Gate();
        cold.FaultyLeases.BeforeRenew = gate.PassAsync;
        Time.Advance(TimeSpan.FromSeconds(27));
        Assert.True(session.LeaseLost.IsCancellationRequested);
        await session.DisposeAsync();
        cold.FaultyLeases.BeforeRenew = null;

        await using var again = await store.OpenAsync(Session, Cancel);
        for (var i = 0; i < 20; i++)
        {
            Time.Advance(Tick);

            // What was given up goes on elsewhere: the heartbeat is let come to its end before the clock goes on.
            await store.Heartbeat;
        }

        Assert.True(again.HoldsLease);
        gate.Open();
    }

    [Fact]
    public async Task Renewal_ThatFailsUnexpectedly_IsTriedAgainAndTheStoreStillCloses()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await OpenAsync(store);
        cold.FaultyLeases.BeforeRenew = () => throw new InvalidOperationException("a fault of the driver");
        Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(3, cold.FaultyLeases.Renewals.Count);

        await store.DisposeAsync();

        await using var other = await _fixture.Open(configure: o => o.Lease.AcquireTimeout = TimeSpan.Zero).Store.OpenAsync(Session, Cancel);
        Assert.True(other.HoldsLease);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AProcessThatWasPausedForLongerThanItsLease_ChangesAndAnswersNothing(bool somebodyTookOver)
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await OpenAsync(store);
        Time.Pause(TimeSpan.FromSeconds(31));
        AuthSession? next = null;
        if (somebodyTookOver)
        {
            next = await _fixture.Open().Store.OpenAsync(Session, Cancel);
            await next.CommitAsync(new AuthPatch().Set(A, new byte[] { 7 }), Cancel);
        }

        // It goes on before any of its timers does.
        var commits = cold.Commits;
        Assert.False(session.HoldsLease);
        await LeaseTests.AssertEachThrowsAsync<FencedException>(session, A);
        Assert.Equal(commits, cold.Commits);
        Assert.Equal([somebodyTookOver ? (byte)7 : (byte)1], (await store.GetAsync(Session, A, Cancel)).Value.ToArray());

        Time.Advance(Tick);
        Assert.True(session.LeaseLost.IsCancellationRequested);
        if (next is not null)
        {
            Assert.Equal(2, (await next.GetAsync(A, Cancel)).Version);
            Assert.True(next.HoldsLease);
            await next.DisposeAsync();
        }
    }

    [Fact]
    public async Task AProcessThatWasPaused_ItsTransactionInTheMiddle_CommitsNothing()
    {
        var (store, _, _) = _fixture.Open();
        await using var session = await OpenAsync(store);

        await Assert.ThrowsAsync<FencedException>(async () => await session.TransactionAsync(
            async (t, ct) =>
            {
                await t.GetAsync("session", "a", ct);
                Time.Pause(TimeSpan.FromSeconds(31));
                t.Set(A, new byte[] { 2 });
            },
            Cancel));

        Assert.Equal(1, (await _fixture.Open().Store.GetAsync(Session, A, Cancel)).Version);
    }

    [Fact]
    public async Task WallClockSetForwardBeyondTheLease_ItIsLost()
    {
        var (store, _, _) = _fixture.Open();
        await using var session = await OpenAsync(store);

        Time.SetClock(TimeSpan.FromSeconds(31));

        await Assert.ThrowsAsync<FencedException>(async () => await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }), Cancel));
        Time.Advance(Tick);
        Assert.True(session.LeaseLost.IsCancellationRequested);
        await LeaseTests.AssertEachThrowsAsync<FencedException>(session, A);
    }

    // A machine that was suspended: only the wall clock has gone on, and the heartbeat has not looked yet.
    [Fact]
    public async Task WallClockSetForwardBeyondTheLease_BeforeTheHeartbeatLooks_IsNotHeld()
    {
        var (store, _, _) = _fixture.Open();
        await using var session = await OpenAsync(store);

        Time.SetClock(TimeSpan.FromSeconds(31));

        Assert.False(session.HoldsLease);
    }

    [Fact]
    public async Task WallClockSetBack_TheSteadyOneStillEndsTheLease()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await OpenAsync(store);
        cold.FaultyLeases.BeforeRenew = () => throw new StoreUnavailableException("sqlite", "down");
        Time.SetClock(TimeSpan.FromHours(-1));

        Time.Advance(TimeSpan.FromSeconds(27));

        Assert.True(session.LeaseLost.IsCancellationRequested);
    }

    [Fact]
    public async Task WallClockSetABitForward_TheLeaseGoesOn()
    {
        var (store, _, _) = _fixture.Open();
        await using var session = await OpenAsync(store);

        Time.SetClock(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 20; i++)
            Time.Advance(Tick);

        Assert.True(session.HoldsLease);
        Assert.Equal(2, (await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }), Cancel)).Version);
    }

    [Fact]
    public async Task CommitThatColdFences_LosesTheLeaseAtOnce()
    {
        var (store, _, _) = _fixture.Open();
        await using var session = await OpenAsync(store);
        var (other, _, _) = _fixture.Open();

        // A deletion raises the epoch, whoever holds the session.
        await other.DeleteSessionAsync(Session, Cancel);
        await other.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 5 }), Cancel);
        Assert.True(session.HoldsLease);

        await Assert.ThrowsAnyAsync<AuthStoreException>(async () => await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }), Cancel));

        Assert.True(session.LeaseLost.IsCancellationRequested);
        await LeaseTests.AssertEachThrowsAsync<FencedException>(session, A);
        Assert.Equal([5], (await store.GetAsync(Session, A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task DeletedElsewhere_TheNextHeartbeatLosesTheLease()
    {
        var (store, _, _) = _fixture.Open();
        await using var session = await OpenAsync(store);
        await _fixture.Open().Store.DeleteSessionAsync(Session, Cancel);

        Time.Advance(TimeSpan.FromSeconds(12));

        Assert.True(session.LeaseLost.IsCancellationRequested);
        Assert.False((await store.GetAsync(Session, A, Cancel)).Exists);
    }

    [Fact]
    public async Task DeletedInTheSameProcess_TheLeaseIsLost()
    {
        var (store, _, _) = _fixture.Open();
        await using var session = await OpenAsync(store);

        Assert.True(await store.DeleteSessionAsync(Session, Cancel));

        Assert.True(session.LeaseLost.IsCancellationRequested);
        await LeaseTests.AssertEachThrowsAsync<FencedException>(session, A);
        Assert.False((await store.GetAsync(Session, A, Cancel)).Exists);
        await session.DisposeAsync();
        await using var again = await store.OpenAsync(Session, Cancel);
        Assert.False((await again.GetAsync(A, Cancel)).Exists);
        Assert.Equal(2, (await again.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }), Cancel)).Incarnation);
    }

    [Fact]
    public async Task DeletedWithALostReply_NothingIsAnsweredFromThisProcess()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await OpenAsync(store);
        cold.AfterDelete = () => throw new StoreUnavailableException("sqlite", "lost");

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.DeleteSessionAsync(Session, Cancel));

        Assert.False((await session.GetAsync(A, Cancel)).Exists);
    }

    // Regression (simulator, seed 700525): what was left out of a step as unchanged had been changed by others by the time the step was taken.
    [Fact]
    public async Task ItsCommitIsRepeatedAfterTheLease_AndOthersHaveWrittenWithoutOne_AllOfItIsKept()
    {
        var (store, cold, _) = _fixture.Open();
        var session = await OpenAsync(store);
        cold.OnCommit = _ => throw new CommitOutcomeUnknownException(Session, CommitId.New());
        var patch = new AuthPatch().Set(A, new byte[] { 1 }).Set(B, new byte[] { 2 });
        await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await session.CommitAsync(patch, Cancel));
        cold.OnCommit = null;
        await session.DisposeAsync();
        await _fixture.Open().Store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 9 }), Cancel);

        var receipt = await store.CommitAsync(Session, patch, Cancel);

        Assert.Equal((3, false), (receipt.Version, receipt.IsRepeat));
        var records = await _fixture.Open().Store.GetManyAsync(Session, [A, B], Cancel);
        Assert.Equal([[1], [2]], records.Select(static r => r.Value.ToArray()));
    }

    [Fact]
    public async Task ItsCommitArrivesAfterTheLease_AndOthersHaveWrittenWithoutOne_ChangesNothing()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await OpenAsync(store);
        var gate = new Gate();
        cold.BeforeCommit = _ => gate.PassAsync();
        cold.FaultyLeases.BeforeRenew = () => throw new StoreUnavailableException("sqlite", "down");
        var late = session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }).Set(B, new byte[] { 2 }), Cancel).AsTask();
        await gate.Reached;
        Time.Advance(TimeSpan.FromSeconds(31));
        await _fixture.Open().Store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 9 }), Cancel);
        gate.Open();

        await Assert.ThrowsAsync<FencedException>(() => late);
        var records = await _fixture.Open().Store.GetManyAsync(Session, [A, B], Cancel);
        Assert.Equal([9], records[0].Value.ToArray());
        Assert.False(records[1].Exists);
    }

    [Fact]
    public async Task AListenerThatThrows_HarmsNobodyElse()
    {
        var (store, cold, _) = _fixture.Open();
        await using var one = await OpenAsync(store);
        await using var two = await store.OpenAsync(new AuthSessionId("clinic", "second"), Cancel);
        using var first = one.LeaseLost.Register(() => throw new InvalidOperationException("a fault of the bot"));
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var second = two.LeaseLost.Register(told.SetResult);
        cold.FaultyLeases.BeforeRenew = () => throw new StoreUnavailableException("sqlite", "down");

        Time.Advance(TimeSpan.FromSeconds(27));

        await told.Task.WaitAsync(Cancel);
        Assert.True(one.LeaseLost.IsCancellationRequested);
    }

    [Fact]
    public async Task LostAndOpenedAgain_TheSessionGoesOn()
    {
        var (store, cold, _) = _fixture.Open();
        var session = await OpenAsync(store);
        cold.FaultyLeases.BeforeRenew = () => throw new StoreUnavailableException("sqlite", "down");
        Time.Advance(TimeSpan.FromSeconds(27));
        Assert.True(session.LeaseLost.IsCancellationRequested);
        await session.DisposeAsync();
        cold.FaultyLeases.BeforeRenew = null;

        await using var again = await store.OpenAsync(Session, Cancel);

        Assert.Equal(2, again.Epoch);
        Assert.False(again.LeaseLost.IsCancellationRequested);
        Assert.Equal([1], (await again.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal(2, (await again.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }), Cancel)).Version);
    }

    [Fact]
    public async Task AnOlderDatabasePutInPlace_IsToldAsRolledBack()
    {
        var (first, _, _) = _fixture.Open();
        await first.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        await first.DisposeAsync();
        var backup = _fixture.Path + ".backup";
        File.Copy(_fixture.Path, backup);
        var (store, cold, _) = _fixture.Open(withHot: false);
        await using var session = await store.OpenAsync(Session, Cancel);
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }), Cancel);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = session.RolledBack.Register(told.SetResult);
        Assert.False(session.RolledBack.IsCancellationRequested);

        await using var live = cold.Inner;
        cold.Inner = new SqliteColdTier(new SqliteColdTierOptions { Path = backup }, Time);
        await Assert.ThrowsAsync<ColdWentBackException>(async () => await session.GetAsync("session", "other", Cancel));

        await told.Task.WaitAsync(Cancel);
        Assert.True(session.RolledBack.IsCancellationRequested);
        await Assert.ThrowsAsync<ColdWentBackException>(async () => await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 3 }), Cancel));
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    /// <summary>Opens the session with a record that this process holds.</summary>
    private async Task<AuthSession> OpenAsync(HybridAuthStore store)
    {
        var session = await store.OpenAsync(Session, Cancel);
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        return session;
    }
}
