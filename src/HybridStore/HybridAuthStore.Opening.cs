using HybridStore.Coordination;
using HybridStore.Diagnostics;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    // How often a session that another process holds is asked for: its holder may give it back at any moment.
    private static readonly TimeSpan AcquireInterval = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public async ValueTask<AuthSession> OpenAsync(AuthSessionId session, CancellationToken cancellationToken = default)
    {
        Check(session);
        await InitializeAsync(cancellationToken).ConfigureAwait(false);

        // Before it is opened: nobody has it open unrecorded. That it is open needs no second entry; that it is closed has one.
        return await _audit.RunAsync(_audit.About(AuditKind.SessionOpened, session), () => OpenRecordedAsync(session, cancellationToken), told: null, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<AuthSession> OpenRecordedAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        var state = StateOf(session);
        await _reconciler.LetGoAsync(session, cancellationToken).ConfigureAwait(false);
        if (!state.TryOpen())
            throw new SessionHeldException(session, Environment.MachineName, until: null);
        try
        {
            var held = await HoldAsync(session, state, wait: true, cancellationToken).ConfigureAwait(false);
            state.RolledBackAt = held!.RolledBackAt;
            if (held.Lease is null)
                await BeginViewAsync(session, state, cancellationToken).ConfigureAwait(false);
            var handle = new AuthSession(this, session, state, held.Lease);
            _handles.TryAdd(handle, 0);
            return handle;
        }
        catch
        {
            state.Closed();
            throw;
        }
    }

    /// <summary>Gives back what a handle held, once what it began to commit has come to its end and, within a time, everything it queued is in cold.</summary>
    internal async ValueTask CloseAsync(AuthSession handle, SessionState state, HeldLease? lease)
    {
        _handles.TryRemove(handle, out _);
        try
        {
            await LetGoAsync(handle.Id, state, lease).ConfigureAwait(false);
        }
        finally
        {
            await _audit.EndAsync(_audit.About(AuditKind.SessionClosed, handle.Id), AuditOutcome.Done).ConfigureAwait(false);
        }
    }

    /// <summary>Takes a session's lease and everything that was queued under leases before, so that this process knows where it is.</summary>
    /// <param name="session">The session.</param>
    /// <param name="state">What is remembered of it; it must be this caller's.</param>
    /// <param name="wait">Whether a session that another process holds is waited for.</param>
    /// <param name="cancellationToken">Cancels the waits.</param>
    /// <returns><see langword="null"/> if it is not waited for and not to be had.</returns>
    private async ValueTask<HeldSession?> HoldAsync(AuthSessionId session, SessionState state, bool wait, CancellationToken cancellationToken)
    {
        HeldLease? lease = null;
        LeaseGrant? grant = null;
        try
        {
            var knewOfHolder = false;
            if (_leaseOptions.Mode != LeaseMode.Off)
            {
                (lease, grant, knewOfHolder) = await AcquireAsync(session, state, wait, cancellationToken).ConfigureAwait(false);
                if (lease is null && !wait)
                    return null;
            }

            var installed = lease is null ? null : await InstallEpochAsync(lease, grant!, cancellationToken).ConfigureAwait(false);

            // Hot was away when the lease was taken, and is there now.
            if (_outbox is not null && installed is { Installed: true } && !await _leases.SetAheadAsync(lease!, mayQueue: true, cancellationToken).ConfigureAwait(false))
                throw new FencedException(session, lease!.Ref.Epoch, currentEpoch: 0);

            // Its holder, who did not reach cold, has extended it in hot since hot was asked: it is fenced now, and answers from its memory for as long as it believes in its lease.
            if (_outbox is not null && !knewOfHolder && installed?.Former is { HolderLives: true })
                await Task.Delay(_leaseOptions.Duration, _time, cancellationToken).ConfigureAwait(false);
            Learn(state, installed?.Former);
            var cold = await AskColdAsync(session, state, [], withDataKeys: true, shown: true, cancellationToken).ConfigureAwait(false);
            if (cold.Head is { } head)
                await UnwrapAsync(session, state, head, cold.DataKeys, cancellationToken).ConfigureAwait(false);
            if (lease is null || _outbox is null)
            {
                await EnsureCompleteAsync(session, state, cold.Head, cancellationToken).ConfigureAwait(false);
                if (lease is not null)
                    state.BeginLease(lease);
                return new HeldSession(lease, cold.Head?.RolledBackAt ?? 0);
            }

            var rolledBackAt = await TakeOverAsync(state, lease, grant!, installed, cold, cancellationToken).ConfigureAwait(false);
            state.BeginLease(lease);
            return new HeldSession(lease, rolledBackAt);
        }
        catch
        {
            if (lease is not null)
                await _leases.GiveUpAsync(lease, wasAhead: grant!.FormerAheadEpoch != 0).ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask LetGoAsync(AuthSessionId session, SessionState state, HeldLease? lease)
    {
        await state.Commits.EnterAsync(new PendingCommit(patch: null, mayJoin: false), CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (lease is not null)
                await _leases.ReleaseAsync(lease, await DrainBeforeReleaseAsync(session, state, lease).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            if (state.EndView() is { } view)
                await view.DisposeAsync().ConfigureAwait(false);
            state.Closed();
            state.Commits.Leave();
        }
    }

    /// <summary>Lets a session that is open without its lease keep what it reads, where hot tells of what others change; without that, it keeps nothing.</summary>
    private async ValueTask BeginViewAsync(AuthSessionId session, SessionState state, CancellationToken cancellationToken)
    {
        if (_hot?.Changes is not { } changes || _maxStaleness == TimeSpan.Zero)
            return;
        var view = new SharedView(_time);
        try
        {
            // This process's own commits come this way too, after the version is known here: they are no news.
            view.Subscription = await changes.SubscribeAsync(
                session,
                change =>
                {
                    if (change == HotChange.Unknown || new SeenMark(change.Incarnation, change.Version) > state.Seen)
                        state.Forget();
                },
                cancellationToken).ConfigureAwait(false);
            state.BeginView(view);
        }
        catch (StoreUnavailableException e)
        {
            HotFailed(e, "subscribe");
        }
    }

    // Whoever disposes of the store first has not forgotten the sessions: what they still want to save is saved. Side by side: each may wait for cold.
    private async ValueTask CloseHandlesAsync()
    {
        await Task.WhenAll(_handles.Keys.Select(CloseAsync)).ConfigureAwait(false);

        async Task CloseAsync(AuthSession handle)
        {
            try
            {
                await handle.DisposeAsync().ConfigureAwait(false);
            }
            catch (AuthStoreException e)
            {
                Log.CredentialsNotSaved(_logger, e, handle.Id);
            }
        }
    }

    private async ValueTask<(HeldLease? Lease, LeaseGrant? Grant, bool KnewOfHolder)> AcquireAsync(
        AuthSessionId session, SessionState state, bool wait, CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        var told = false;
        while (true)
        {
            var hot = _outbox is null ? null : await ReadHotAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false);
            var (lease, grant) = await _leases.TryAcquireAsync(session, state, hot, cancellationToken).ConfigureAwait(false);

            // That holder was judged by cold only if cold knew of no other after it, such as one that was never told that it has the lease.
            if (lease is not null)
                return (lease, grant, hot?.Outbox is { HolderLives: true } known && known.Epoch + 1 == grant.Epoch);
            if (!wait)
                return default;
            if (_leaseOptions.Mode == LeaseMode.Optional)
                return default;

            // Hot that does not answer may only not be connected yet, as after a start.
            var left = _leaseOptions.AcquireTimeout - _time.GetElapsedTime(begun);
            if (grant.FormerAheadEpoch != 0 && hot is null && (left <= TimeSpan.Zero || _outbox is null))
                throw HotIsNeeded(session, grant.FormerAheadEpoch, innerException: null);
            if (left <= TimeSpan.Zero)
                throw new SessionHeldException(session, grant.Holder ?? "another process", grant.Until);
            if (!told && hot is not null)
                Log.LeaseAwaited(_logger, session, grant.Holder ?? "another process");
            told = true;
            await Task.Delay(left < AcquireInterval ? left : AcquireInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    // Where nothing was queued before, hot that can't be told is only hot that is not believed: whoever was before wrote to cold first.
    private async ValueTask<HotInstallation?> InstallEpochAsync(HeldLease lease, LeaseGrant grant, CancellationToken cancellationToken)
    {
        if (_hot is null)
            return null;
        try
        {
            return await _hot.InstallEpochAsync(lease.Ref, grant.FormerAheadEpoch == 0 || grant.Head is null ? lease.Left : TimeSpan.Zero, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            HotFailed(e, "install epoch");
            if (_outbox is not null && grant.FormerAheadEpoch != 0)
                throw HotIsNeeded(lease.Ref.Session, grant.FormerAheadEpoch, e);

            // It was there a moment ago, when the lease was taken.
            if (grant.FormerAheadEpoch == 0 && !await _leases.SetAheadAsync(lease, mayQueue: false, cancellationToken).ConfigureAwait(false))
                throw new FencedException(lease.Ref.Session, lease.Ref.Epoch, currentEpoch: 0);
            return null;
        }
    }

    private StoreUnavailableException HotIsNeeded(AuthSessionId session, long aheadEpoch, Exception? innerException) => new(
        _hot?.Name ?? "none",
        $"Session {session} may have queued commits (epoch {aheadEpoch}) that only a hot tier has, and "
        + (_outbox is null ? "none that queues is configured here. " : $"{_hot!.Name} does not answer. ")
        + "Opening the session without them would take it back in time.",
        innerException)
    {
        Session = session,
    };
}
