using HybridStore.Diagnostics;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging;

namespace HybridStore.Sessions;

/// <summary>Takes, extends and gives back the leases of all sessions that this store holds, with one heartbeat for all of them.</summary>
/// <remarks>A tier that does not answer is no lost lease: it is asked again until what was granted has run out.</remarks>
internal sealed class LeaseKeeper : IAsyncDisposable
{
    private readonly IColdLeases _cold;
    private readonly IHotOutbox? _outbox;
    private readonly Func<HeldLease, ValueTask> _keepInHot;
    private readonly LeaseOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ProcessIdentity _identity;
    private readonly Lock _sync = new();
    private readonly List<HeldLease> _held = [];
    private readonly ITimer _timer;
    private readonly TimeSpan _tick;
    private bool _ticking;
    private long _renewed;
    private int _renewing;
    private Task _renewal = Task.CompletedTask;
    private volatile bool _disposed;

    /// <param name="cold">Where leases are taken.</param>
    /// <param name="outbox">Where they are extended while cold does not answer; <see langword="null"/>: nothing is queued.</param>
    /// <param name="keepInHot">Gives hot again what it may have lost of a session that is held; never throws.</param>
    /// <param name="options">How they are held.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    public LeaseKeeper(IColdLeases cold, IHotOutbox? outbox, Func<HeldLease, ValueTask> keepInHot, LeaseOptions options, TimeProvider time, ILogger logger)
    {
        _cold = cold;
        _outbox = outbox;
        _keepInHot = keepInHot;
        _options = options;
        _time = time;
        _logger = logger;
        _identity = ProcessIdentity.OfThisProcess(options.Holder);

        // Believed for 8 tenths of the duration, looked at every tenth: a lease that can't be extended is told lost before nine tenths of it have passed.
        _tick = options.Duration / 10;
        _timer = time.CreateTimer(static keeper => ((LeaseKeeper)keeper!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The heartbeat that came last: it ends when all that it began has.</summary>
    internal Task Heartbeat => Volatile.Read(ref _renewal);

    /// <summary>Asks once for a lease.</summary>
    /// <param name="session">The session.</param>
    /// <param name="state">What is remembered of it.</param>
    /// <param name="hot">What hot knows of its outbox, if it was asked; <see langword="null"/>: it does not answer.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The lease, if it was granted, and what cold answered.</returns>
    public async ValueTask<(HeldLease? Lease, LeaseGrant Grant)> TryAcquireAsync(
        AuthSessionId session, SessionState state, HotRead? hot, CancellationToken cancellationToken)
    {
        // One that finds hot away is not marked as one that may have queued: should hot be restarted before it is reached, nobody could tell that from a loss.
        var request = new LeaseRequest(session, _identity.Text, _options.Duration, MayQueue: _outbox is not null && hot is not null)
        {
            LiveEpoch = hot?.Outbox is { HolderLives: true } outbox ? outbox.Epoch : 0,
            RefusesAhead = hot is null,

            // Cold issues epochs and hot only learns of them: one that is higher there is of a cold tier that went back since. Below it, nobody would ever be let in.
            AboveEpoch = hot?.Outbox?.Epoch ?? 0,
        };
        var (grant, asked, askedUtc) = await AskAsync(request, cancellationToken).ConfigureAwait(false);
        if (!grant.Granted && grant.Holder is { } holder && _identity.KnowsToBeDead(holder))
        {
            Log.LeaseOfDeadProcess(_logger, session, holder);
            (grant, asked, askedUtc) = await AskAsync(request with { DeadEpoch = grant.Epoch }, cancellationToken).ConfigureAwait(false);
        }

        if (!grant.Granted)
            return (null, grant);
        var lease = new HeldLease(new LeaseRef(session, grant.Epoch), state, _time) { MayQueue = request.MayQueue };
        lease.Extend(asked, askedUtc, _options.Duration);
        Keep(lease);
        Log.LeaseTaken(_logger, session, grant.Epoch);
        return (lease, grant);
    }

    /// <summary>Has cold note whether commits may be queued under a lease, before the first one is, or where none can have been.</summary>
    /// <returns><see langword="false"/>: the lease is lost.</returns>
    public async ValueTask<bool> SetAheadAsync(HeldLease lease, bool mayQueue, CancellationToken cancellationToken)
    {
        if (lease.MayQueue == mayQueue)
            return true;
        if (!await _cold.SetAheadAsync(lease.Ref, mayQueue, cancellationToken).ConfigureAwait(false))
        {
            Lose(lease);
            return false;
        }

        lease.MayQueue = mayQueue;
        return true;
    }

    /// <summary>Gives a lease back; one that can't be given back now runs out.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="drained">Whether cold has everything that was queued under it.</param>
    public ValueTask ReleaseAsync(HeldLease lease, bool drained) => ReleaseAsync(lease, drained, tellHot: drained);

    /// <summary>Gives a lease back under which the session was not opened after all.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="wasAhead">Whether commits may have been queued under leases before it; none were under this one.</param>
    public ValueTask GiveUpAsync(HeldLease lease, bool wasAhead) => ReleaseAsync(lease, drained: !wasAhead, tellHot: false);

    private async ValueTask ReleaseAsync(HeldLease lease, bool drained, bool tellHot)
    {
        Forget(lease);
        if (!lease.TryEnd())
            return;
        try
        {
            await _cold.ReleaseAsync(lease.Ref, drained, CancellationToken.None).ConfigureAwait(false);
            Log.LeaseReleased(_logger, lease.Ref.Session, lease.Ref.Epoch);

            // After cold: as long as it carries an ahead mark, what hot knows of the session must not expire.
            if (tellHot && _outbox is not null)
                await _outbox.ReleaseAsync(lease.Ref, CancellationToken.None).ConfigureAwait(false);
        }
        catch (AuthStoreException e)
        {
            Log.LeaseNotReleased(_logger, e, lease.Ref.Session, lease.Ref.Epoch);
        }
    }

    /// <summary>Ends a lease that somebody else was found to have taken, or whose time is over, and tells whoever listens.</summary>
    public void Lose(HeldLease lease)
    {
        Forget(lease);
        if (lease.TryLose() is not { } listeners)
            return;
        Log.LeaseLost(_logger, lease.Ref.Session, lease.Ref.Epoch);
        _ = ObserveAsync(listeners, lease);
    }

    /// <summary>Tells whoever listens that the session went back in time.</summary>
    public void RollBack(HeldLease lease) => _ = ObserveAsync(lease.RollBack(), lease);

    /// <summary>Gives everything back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _timer.DisposeAsync().ConfigureAwait(false);
        await Volatile.Read(ref _renewal).ConfigureAwait(false);
        HeldLease[] held;
        lock (_sync)
            held = [.. _held];
        foreach (var lease in held)
            await ReleaseAsync(lease, lease.Queue is null or { IsEmpty: true }).ConfigureAwait(false);
    }

    private async ValueTask<(LeaseGrant Grant, long Asked, DateTimeOffset AskedUtc)> AskAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        // Before the question: cold's own record of the lease begins no earlier.
        var asked = _time.GetTimestamp();
        var askedUtc = _time.GetUtcNow();
        return (await _cold.AcquireAsync(request, cancellationToken).ConfigureAwait(false), asked, askedUtc);
    }

    private void Keep(HeldLease lease)
    {
        lock (_sync)
        {
            _held.Add(lease);
            if (_ticking)
                return;
            _ticking = true;
            _renewed = _time.GetTimestamp();
            _timer.Change(_tick, _tick);
        }
    }

    private void Forget(HeldLease lease)
    {
        lock (_sync)
        {
            _held.Remove(lease);
            if (_held.Count > 0 || !_ticking || _disposed)
                return;
            _ticking = false;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void Tick()
    {
        HeldLease[] held;
        lock (_sync)
            held = [.. _held];
        foreach (var lease in held)
        {
            if (lease.HasRunOut)
                Lose(lease);
        }

        if (_time.GetElapsedTime(Volatile.Read(ref _renewed)) < _options.Duration / 3 || Interlocked.Exchange(ref _renewing, 1) != 0)
            return;
        Volatile.Write(ref _renewal, RenewAsync());
    }

    private async Task RenewAsync()
    {
        try
        {
            HeldLease[] held;
            lock (_sync)
                held = [.. _held];
            if (held.Length == 0 || _disposed)
                return;
            var asked = _time.GetTimestamp();
            var askedUtc = _time.GetUtcNow();

            // One that hangs is given up before it costs the others their leases: what it does late extends nothing here.
            var renewed = await _cold.RenewAsync([.. held.Select(static l => l.Ref)], _options.Duration, CancellationToken.None).AsTask()
                .WaitAsync(_tick * 3, _time).ConfigureAwait(false);
            Volatile.Write(ref _renewed, asked);
            for (var i = 0; i < held.Length; i++)
            {
                if (!renewed[i])
                    Lose(held[i]);
                else if (!held[i].HasRunOut)
                    held[i].Extend(asked, askedUtc, _options.Duration);
            }

            // A session that nobody commits to must not stay in doubt after hot was restarted, or was away when it was opened. Not waited for: it takes the
            // session's turn, and the leases of the others live by this heartbeat.
            foreach (var lease in held)
            {
                if (lease.Queue is not null)
                    _ = _keepInHot(lease).AsTask();
            }
        }
#pragma warning disable CA1031 // Whatever it is, the next tick tries again: the heartbeat is what all leases live by.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.LeasesNotRenewed(_logger, e);
            await RenewInHotAsync().ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _renewing, 0);
        }
    }

    // A tier that does not answer is no lost lease. Nobody else can have taken one over without cold, nor used it before hot has the new epoch; and who reaches cold asks hot first,
    // where cold says that commits may be queued: a lease of which it does not say so can't live on here.
    private async ValueTask RenewInHotAsync()
    {
        if (_outbox is null || _disposed)
            return;
        HeldLease[] held;
        lock (_sync)
            held = [.. _held.Where(static l => l is { Queue: not null, MayQueue: true, HasRunOut: false })];
        if (held.Length == 0)
            return;
        try
        {
            var asked = _time.GetTimestamp();
            var askedUtc = _time.GetUtcNow();
            var renewed = await _outbox.RenewAsync([.. held.Select(static l => l.Ref)], _options.Duration, CancellationToken.None).AsTask()
                .WaitAsync(_tick * 3, _time).ConfigureAwait(false);
            for (var i = 0; i < held.Length; i++)
            {
                if (renewed[i] == false)
                    Lose(held[i]);
                else if (renewed[i] == true && !held[i].HasRunOut)
                    held[i].Extend(asked, askedUtc, _options.Duration);
            }
        }
#pragma warning disable CA1031 // As above.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.LeasesNotRenewed(_logger, e);
        }
    }

    private async Task ObserveAsync(Task listeners, HeldLease lease)
    {
        try
        {
            await listeners.ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever a listener throws is the listener's: the lease is lost all the same, and the other leases go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.ListenerFailed(_logger, e, lease.Ref.Session);
        }
    }
}
