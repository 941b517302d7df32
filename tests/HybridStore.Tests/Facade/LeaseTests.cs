using System.Diagnostics;
using HybridStore.Conformance;
using HybridStore.Tests.Support;
using HybridStore.Tiers;
using static HybridStore.Tests.Support.StoreFixture;

namespace HybridStore.Tests.Facade;

/// <summary>Who may open a session, and when its lease is extended and given back.</summary>
public sealed class LeaseTests : IAsyncDisposable
{
    private static readonly AuthKey A = new("session", "a");
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(3);
    private readonly StoreFixture _fixture = new();

    private AuthSessionId Session => _fixture.Session;

    private ManualClock Time => _fixture.Time;

    [Fact]
    public async Task OpenAsync_AFreeSession_IsHeldUnderANewEpoch()
    {
        var (store, _, _) = _fixture.Open();

        await using var first = await store.OpenAsync(Session, Cancel);

        Assert.True(first.HoldsLease);
        Assert.Equal(1, first.Epoch);
        Assert.Equal(Session, first.Id);
        Assert.False(first.LeaseLost.IsCancellationRequested);
        await first.DisposeAsync();
        await using var second = await store.OpenAsync(Session, Cancel);
        Assert.Equal(2, second.Epoch);
    }

    [Fact]
    public async Task OpenAsync_TwiceInOneProcess_IsRefused()
    {
        var (store, cold, _) = _fixture.Open();
        await using var first = await store.OpenAsync(Session, Cancel);

        var e = await Assert.ThrowsAsync<SessionHeldException>(async () => await store.OpenAsync(Session, Cancel));

        Assert.Null(e.Until);
        Assert.False(e.IsTransient);
        Assert.Equal(1, cold.FaultyLeases.Acquisitions);
        Assert.True(first.HoldsLease);
    }

    [Fact]
    public async Task OpenAsync_AtOnceFromManyCallers_OneGetsIt()
    {
        var (store, _, _) = _fixture.Open();
        var opened = 0;

        await Parallel.ForAsync(0, 16, Cancel, async (_, ct) =>
        {
            try
            {
                await store.OpenAsync(Session, ct);
                Interlocked.Increment(ref opened);
            }
            catch (SessionHeldException)
            {
            }
        });

        Assert.Equal(1, opened);
    }

    [Fact]
    public async Task OpenAsync_WithoutTimeToWait_IsRefusedAtOnceAndSaysByWhomAndUntilWhen()
    {
        await using var held = await _fixture.Open(configure: o => o.Lease.Holder = "pod-1").Store.OpenAsync(Session, Cancel);
        var (other, _, _) = _fixture.Open(configure: o => o.Lease.AcquireTimeout = TimeSpan.Zero);

        var e = await Assert.ThrowsAsync<SessionHeldException>(async () => await other.OpenAsync(Session, Cancel));

        Assert.StartsWith("pod-1/", e.Holder, StringComparison.Ordinal);
        Assert.Equal(Time.GetUtcNow() + TimeSpan.FromSeconds(30), e.Until);
        Assert.True(e.IsTransient);
    }

    [Fact]
    public async Task OpenAsync_WhileHeld_WaitsUntilItIsGivenBack()
    {
        var held = await _fixture.Open().Store.OpenAsync(Session, Cancel);
        var (other, _, _) = _fixture.Open();
        var opening = other.OpenAsync(Session, Cancel).AsTask();
        await PassAsync(opening, TimeSpan.FromSeconds(5));
        Assert.False(opening.IsCompleted);

        await held.DisposeAsync();
        await PassAsync(opening, TimeSpan.FromSeconds(1));

        await using var session = await opening;
        Assert.True(session.HoldsLease);
        Assert.Equal(2, session.Epoch);
    }

    [Fact]
    public async Task OpenAsync_WhileHeldByAProcessThatNeverRenews_WaitsUntilTheLeaseRunsOut()
    {
        var (dead, deadCold, _) = _fixture.Open();
        deadCold.FaultyLeases.BeforeRenew = () => throw new StoreUnavailableException("sqlite", "cut off");
        _ = await dead.OpenAsync(Session, Cancel);
        var (other, _, _) = _fixture.Open();
        var opening = other.OpenAsync(Session, Cancel).AsTask();

        await PassAsync(opening, TimeSpan.FromSeconds(29));
        Assert.False(opening.IsCompleted);
        await PassAsync(opening, TimeSpan.FromSeconds(2));

        await using var session = await opening;
        Assert.Equal(2, session.Epoch);
    }

    [Fact]
    public async Task OpenAsync_HeldForLongerThanTheTimeout_IsRefused()
    {
        await using var held = await _fixture.Open().Store.OpenAsync(Session, Cancel);
        var (other, _, _) = _fixture.Open(configure: o => o.Lease.AcquireTimeout = TimeSpan.FromSeconds(5));
        var opening = other.OpenAsync(Session, Cancel).AsTask();

        await PassAsync(opening, TimeSpan.FromSeconds(6));

        await Assert.ThrowsAsync<SessionHeldException>(() => opening);
        Assert.True(held.HoldsLease);
    }

    [Fact]
    public async Task OpenAsync_CancelledWhileItWaits_CanBeCalledAgain()
    {
        var held = await _fixture.Open().Store.OpenAsync(Session, Cancel);
        var (other, _, _) = _fixture.Open();
        using var cancel = new CancellationTokenSource();
        var waiting = Time.Waiting;
        var opening = other.OpenAsync(Session, cancel.Token).AsTask();
        await UntilAsync(() => Time.Waiting > waiting);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        await held.DisposeAsync();

        await using var session = await other.OpenAsync(Session, Cancel);
        Assert.True(session.HoldsLease);
    }

    [Fact]
    public async Task OpenAsync_Optional_OpensWithoutTheLeaseAndItsCommitsAreRefused()
    {
        var held = await _fixture.Open().Store.OpenAsync(Session, Cancel);
        await held.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        var (other, _, _) = _fixture.Open(configure: o => o.Lease.Mode = LeaseMode.Optional);

        await using var session = await other.OpenAsync(Session, Cancel);

        Assert.False(session.HoldsLease);
        Assert.Equal(0, session.Epoch);
        Assert.False(session.LeaseLost.CanBeCanceled);
        Assert.Equal([1], (await session.GetAsync(A, Cancel)).Value.ToArray());
        var e = await Assert.ThrowsAsync<FencedException>(async () => await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }), Cancel));
        Assert.Equal((0, 1), (e.Epoch, e.CurrentEpoch));
        await held.DisposeAsync();
        Assert.Equal(2, (await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }), Cancel)).Version);
    }

    [Fact]
    public async Task OpenAsync_Optional_TakesAFreeLease()
    {
        await using var session = await _fixture.Open(configure: o => o.Lease.Mode = LeaseMode.Optional).Store.OpenAsync(Session, Cancel);

        Assert.True(session.HoldsLease);
    }

    [Fact]
    public async Task OpenAsync_Off_TakesNoLeaseAndSharesTheSession()
    {
        _fixture.Options = o => o.Lease.Mode = LeaseMode.Off;
        var (one, cold, _) = _fixture.Open();
        await using var first = await one.OpenAsync(Session, Cancel);
        await using var second = await _fixture.Open().Store.OpenAsync(Session, Cancel);

        await first.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        await second.CommitAsync(new AuthPatch().Set(A, new byte[] { 2 }), Cancel);

        Assert.Equal(0, cold.FaultyLeases.Acquisitions);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([2], (await first.GetAsync(A, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task OpenAsync_WhoseReplyWasLost_CanBeCalledAgain()
    {
        var (store, cold, _) = _fixture.Open(configure: o => o.Lease.AcquireTimeout = TimeSpan.Zero);
        cold.FaultyLeases.AfterAcquire = () => throw new StoreUnavailableException("sqlite", "lost");
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.OpenAsync(Session, Cancel));

        cold.FaultyLeases.AfterAcquire = null;
        await using var session = await store.OpenAsync(Session, Cancel);

        Assert.True(session.HoldsLease);
    }

    [Fact]
    public async Task OpenAsync_ThatFailsAfterTheLeaseWasTaken_GivesItBack()
    {
        var (store, cold, _) = _fixture.Open();
        cold.OnRead = () => throw new StoreUnavailableException("sqlite", "down");
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.OpenAsync(Session, Cancel));

        await using var other = await _fixture.Open(configure: o => o.Lease.AcquireTimeout = TimeSpan.Zero).Store.OpenAsync(Session, Cancel);

        Assert.True(other.HoldsLease);
    }

    [Fact]
    public async Task OpenAsync_WhoseEpochCanNotBeInstalled_GivesTheLeaseBack()
    {
        var (store, _, hot) = _fixture.Open();
        hot.OnWrite = () => throw new StoreUnusableException("redis", StoreUnusableReason.NotOurs, "not ours");
        await Assert.ThrowsAsync<StoreUnusableException>(async () => await store.OpenAsync(Session, Cancel));

        await using var other = await _fixture.Open(configure: o => o.Lease.AcquireTimeout = TimeSpan.Zero).Store.OpenAsync(Session, Cancel);

        Assert.True(other.HoldsLease);
    }

    [Fact]
    public async Task Heartbeat_AnyNumberOfSessions_IsOneCallEveryThirdOfTheDuration()
    {
        var (store, cold, _) = _fixture.Open();
        var sessions = new List<AuthSession>();
        for (var i = 0; i < 50; i++)
            sessions.Add(await store.OpenAsync(new AuthSessionId("clinic", $"bot-{i}"), Cancel));
        Assert.Empty(cold.FaultyLeases.Renewals);

        for (var passed = TimeSpan.Zero; passed < TimeSpan.FromMinutes(5); passed += Tick)
            Time.Advance(Tick);

        // Looked at every tenth of the duration: the first look after a third has passed is at four tenths.
        Assert.Equal(25, cold.FaultyLeases.Renewals.Count);
        Assert.All(cold.FaultyLeases.Renewals, n => Assert.Equal(50, n));
        Assert.All(sessions, s => Assert.True(s.HoldsLease));
        Assert.All(sessions, s => Assert.False(s.LeaseLost.IsCancellationRequested));
    }

    [Fact]
    public async Task Heartbeat_StopsWithTheLastSessionAndStartsWithTheNext()
    {
        var (store, cold, _) = _fixture.Open();
        await (await store.OpenAsync(Session, Cancel)).DisposeAsync();
        Assert.Equal(0, Time.Waiting);
        Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(cold.FaultyLeases.Renewals);

        await using var session = await store.OpenAsync(Session, Cancel);
        for (var i = 0; i < 20; i++)
            Time.Advance(Tick);

        Assert.NotEmpty(cold.FaultyLeases.Renewals);
        Assert.True(session.HoldsLease);
    }

    [Fact]
    public async Task DisposeAsync_OfTheHandle_GivesTheLeaseBack()
    {
        _fixture.Options = o => o.Lease.AcquireTimeout = TimeSpan.Zero;
        var session = await _fixture.Open().Store.OpenAsync(Session, Cancel);

        await session.DisposeAsync();
        await session.DisposeAsync();

        await using var other = await _fixture.Open().Store.OpenAsync(Session, Cancel);
        Assert.True(other.HoldsLease);
        Assert.False(session.HoldsLease);
        Assert.False(session.LeaseLost.IsCancellationRequested);
    }

    [Fact]
    public async Task DisposeAsync_OfTheStore_GivesEveryLeaseBack()
    {
        _fixture.Options = o => o.Lease.AcquireTimeout = TimeSpan.Zero;
        var (store, _, _) = _fixture.Open();
        var ids = Enumerable.Range(0, 5).Select(i => new AuthSessionId("clinic", $"bot-{i}")).ToArray();
        var sessions = new List<AuthSession>();
        foreach (var id in ids)
            sessions.Add(await store.OpenAsync(id, Cancel));

        await store.DisposeAsync();

        var (other, _, _) = _fixture.Open();
        foreach (var id in ids)
            Assert.True((await other.OpenAsync(id, Cancel)).HoldsLease);
        foreach (var session in sessions)
        {
            Assert.False(session.LeaseLost.IsCancellationRequested);
            await session.DisposeAsync();
        }
    }

    [Fact]
    public async Task DisposeAsync_WhileColdIsDown_LetsTheLeaseRunOut()
    {
        var (store, cold, _) = _fixture.Open();
        var session = await store.OpenAsync(Session, Cancel);
        cold.FaultyLeases.OnRelease = () => throw new StoreUnavailableException("sqlite", "down");

        await session.DisposeAsync();

        // The same process gets it back at once, as it is known to hold it.
        cold.FaultyLeases.OnRelease = null;
        await using var again = await store.OpenAsync(Session, Cancel);
        Assert.Equal(2, again.Epoch);
    }

    [Fact]
    public async Task After_the_handle_is_closed_every_member_throws()
    {
        var (store, _, _) = _fixture.Open();
        var session = await store.OpenAsync(Session, Cancel);
        await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }), Cancel);
        await session.DisposeAsync();

        await AssertEachThrowsAsync<ObjectDisposedException>(session, A);
    }

    [Fact]
    public async Task OpenAsync_HeldByAProcessOfThisMachineThatEnded_IsTakenOverAtOnce()
    {
        // A process that was there when the lease was taken and is not any more: what a killed bot leaves behind.
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs a process to end at will.");
        using var child = Process.Start(new ProcessStartInfo("sleep", ["600"]))!;
        var (store, cold, _) = _fixture.Open(configure: o => o.Lease.AcquireTimeout = TimeSpan.Zero);
        await store.InitializeAsync(Cancel);
        var holder = $"bot/{child.Id}@{Sessions.ProcessIdentityTests.Scope}-{Sessions.ProcessIdentityTests.StartOf(child.Id)}-0a1b2c3d";
        Assert.True((await cold.Leases.AcquireAsync(new LeaseRequest(Session, holder, TimeSpan.FromMinutes(5), MayQueue: false), Cancel)).Granted);
        var e = await Assert.ThrowsAsync<SessionHeldException>(async () => await store.OpenAsync(Session, Cancel));
        Assert.Equal(holder, e.Holder);

        child.Kill();
        await child.WaitForExitAsync(Cancel);

        await using var session = await store.OpenAsync(Session, Cancel);
        Assert.Equal(2, session.Epoch);
    }

    [Fact]
    public async Task CommitAsync_OfTheSameProcessWithoutTheHandle_CarriesItsEpoch()
    {
        var (store, cold, _) = _fixture.Open();
        await using var session = await store.OpenAsync(Session, Cancel);

        var receipt = await store.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel);

        Assert.Equal(1, receipt.Version);
        Assert.Equal(session.Epoch, cold.Sent.Last().Epoch);
        var reads = cold.Reads;
        Assert.Equal([1], (await session.GetAsync(A, Cancel)).Value.ToArray());
        Assert.Equal(reads, cold.Reads);
    }

    [Fact]
    public async Task CommitAsync_OfAnotherProcess_IsRefusedWhileTheSessionIsHeld()
    {
        await using var session = await _fixture.Open().Store.OpenAsync(Session, Cancel);
        var (other, _, _) = _fixture.Open();

        await Assert.ThrowsAsync<FencedException>(async () => await other.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel));
        await Assert.ThrowsAsync<FencedException>(async () => await other.ImportAsync(Session, Entries(("session", "a", [1])), Cancel));

        Assert.False((await session.GetAsync(A, Cancel)).Exists);
        await session.DisposeAsync();
        Assert.Equal(1, (await other.CommitAsync(Session, new AuthPatch().Set(A, new byte[] { 1 }), Cancel)).Version);
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    /// <summary>Every member but those that tell of the lease itself.</summary>
    internal static async Task AssertEachThrowsAsync<T>(AuthSession session, AuthKey held)
        where T : Exception
    {
        await Assert.ThrowsAsync<T>(async () => await session.GetAsync(held, Cancel));
        await Assert.ThrowsAsync<T>(async () => await session.GetAsync(held.Type, held.Id, Cancel));
        await Assert.ThrowsAsync<T>(async () => await session.GetAsync("t", "unknown", Cancel));
        await Assert.ThrowsAsync<T>(async () => await session.GetAsync("t", ["a", "b"], Cancel));
        await Assert.ThrowsAsync<T>(async () => await session.GetManyAsync([held], Cancel));
        await Assert.ThrowsAsync<T>(async () => await session.GetCredentialsAsync(Cancel));
        await Assert.ThrowsAsync<T>(async () => await session.SaveCredentialsAsync(new byte[] { 1 }, Cancel));
        await Assert.ThrowsAsync<T>(async () => await ToListAsync(session.EnumerateAsync(cancellationToken: Cancel)));
        await Assert.ThrowsAsync<T>(async () => await session.CommitAsync(new AuthPatch().Set(held, new byte[] { 9 }), Cancel));
        await Assert.ThrowsAsync<T>(async () => await session.TransactionAsync((_, _) => default, Cancel));
        await Assert.ThrowsAsync<T>(async () => await session.TransactionAsync((_, _) => new ValueTask<int>(1), Cancel));
    }

    /// <summary>Lets time pass while somebody waits for a lease: not faster than it asks.</summary>
    private async Task PassAsync(Task opening, TimeSpan time)
    {
        var step = TimeSpan.FromMilliseconds(500);
        for (var passed = TimeSpan.Zero; passed < time && !opening.IsCompleted; passed += step)
        {
            await UntilAsync(() => Time.HasDelay || opening.IsCompleted);
            Time.Advance(step);
            await UntilAsync(() => Time.HasDelay || opening.IsCompleted);
        }
    }
}
