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
        var state = StateOf(session);
        if (!state.TryOpen())
            throw new SessionHeldException(session, Environment.MachineName, until: null);
        HeldLease? lease = null;
        try
        {
            if (_leaseOptions.Mode != LeaseMode.Off)
                lease = await AcquireAsync(session, state, cancellationToken).ConfigureAwait(false);
            var cold = await AskColdAsync(session, state, [], withDataKeys: true, shown: true, cancellationToken).ConfigureAwait(false);
            await EnsureCompleteAsync(session, cold.Head, cancellationToken).ConfigureAwait(false);
            if (cold.Head is { } head)
                Unwrap(session, state, head, cold.DataKeys);
            if (lease is not null)
                state.BeginLease(lease);
            var handle = new AuthSession(this, session, state, lease);
            _handles.TryAdd(handle, 0);
            return handle;
        }
        catch
        {
            if (lease is not null)
                await _leases.ReleaseAsync(lease).ConfigureAwait(false);
            state.Closed();
            throw;
        }
    }

    /// <summary>Gives back what a handle held, once what it began to commit has come to its end.</summary>
    internal async ValueTask CloseAsync(AuthSession handle, SessionState state, HeldLease? lease)
    {
        _handles.TryRemove(handle, out _);
        await state.Commits.EnterAsync(new PendingCommit(patch: null, mayJoin: false), CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (lease is not null)
                await _leases.ReleaseAsync(lease).ConfigureAwait(false);
        }
        finally
        {
            state.Closed();
            state.Commits.Leave();
        }
    }

    // Whoever disposes of the store first has not forgotten the sessions: what they still want to save is saved.
    private async ValueTask CloseHandlesAsync()
    {
        foreach (var handle in _handles.Keys)
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

    private async ValueTask<HeldLease?> AcquireAsync(AuthSessionId session, SessionState state, CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        var told = false;
        while (true)
        {
            var (lease, grant) = await _leases.TryAcquireAsync(session, state, cancellationToken).ConfigureAwait(false);
            if (lease is not null)
            {
                try
                {
                    await InstallEpochAsync(lease.Ref).ConfigureAwait(false);
                    return lease;
                }
                catch
                {
                    await _leases.ReleaseAsync(lease).ConfigureAwait(false);
                    throw;
                }
            }

            if (_leaseOptions.Mode == LeaseMode.Optional)
                return null;
            var left = _leaseOptions.AcquireTimeout - _time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
                throw new SessionHeldException(session, grant.Holder ?? "another process", grant.Until);
            if (!told)
                Log.LeaseAwaited(_logger, session, grant.Holder ?? "another process");
            told = true;
            await Task.Delay(left < AcquireInterval ? left : AcquireInterval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    // Nothing is queued yet, so hot that can't be told is only hot that is not believed: whoever was before wrote to cold first.
    private async ValueTask InstallEpochAsync(LeaseRef lease)
    {
        if (_hot is null)
            return;
        try
        {
            await _hot.InstallEpochAsync(lease, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            Log.HotUnavailable(_logger, e, _hot.Name, "install epoch");
        }
    }
}
