using HybridStore.Diagnostics;
using HybridStore.Outbox;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    /// <summary>Gives hot what the holder knows, where it is not known to have it: the session as cold has it, and every commit that cold lacks (protocol rule 4).</summary>
    /// <remarks>In the session's turn only: nothing may be queued meanwhile.</remarks>
    /// <param name="lease">The lease.</param>
    /// <param name="queue">Its queue.</param>
    /// <param name="coldMayBeAhead">Whether cold may have taken a commit that hot is not given here: then others must not believe hot for any longer than they do already.</param>
    /// <returns>Whether hot has everything now. If not, the lease may be over.</returns>
    private async ValueTask<bool> AdoptAsync(HeldLease lease, HeldQueue queue, bool coldMayBeAhead)
    {
        if (queue.Incarnation == 0)
            return false;
        var run = _hot!.RunId;
        var confirmed = queue.Base;
        var isWhole = confirmed == queue.End;
        if (await AdoptAsync(lease, queue, confirmed, isWhole, coldMayBeAhead).ConfigureAwait(false) is not { } version)
            return false;
        queue.Tell(confirmed);

        // Hot that is beyond what this process knows has the one commit whose outcome is unknown: its repeat will tell.
        while (version < queue.End)
        {
            // Each as it was queued, and none coalesced: cold may have been given a part of it by a call whose answer was lost, and who takes over stands there.
            var missing = queue.After(version);
            if (missing.Count == 0 || missing[0].Predecessor != version)
                return false;
            var queued = await _outbox!.QueueAsync(
                new QueuedCommit
                {
                    Session = queue.Session,
                    Incarnation = queue.Incarnation,
                    Epoch = lease.Ref.Epoch,
                    Patches = missing,
                    GoodUntil = GoodUntil(coldMayBeAhead),
                    IsGivenAgain = true,
                },
                CancellationToken.None).ConfigureAwait(false);
            if (queued.Status is not (HotQueueStatus.Queued or HotQueueStatus.Repeated))
                return false;
            Log.HotHealed(_logger, _hot.Name, queue.Session, missing.Sum(static p => 1 + p.Absorbed.Count));
            version = missing[^1].Version;
        }

        // Only now: had this process died on the way, whoever comes next must not take for everything what hot has.
        if (!isWhole && (await AdoptAsync(lease, queue, confirmed, isWhole: true, coldMayBeAhead).ConfigureAwait(false) is not { } whole || whole < queue.End))
            return false;
        // After hot has the epoch: only from then on does a restart of hot look like the loss that it may be.
        if (!await MayQueueAsync(lease).ConfigureAwait(false))
            return false;
        queue.Vouch(run);
        return true;
    }

    // A session that was opened while hot was away has nothing queued, and says so in cold until here.
    private async ValueTask<bool> MayQueueAsync(HeldLease lease)
    {
        try
        {
            return await _leases.SetAheadAsync(lease, mayQueue: true, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            Log.NotMarkedAhead(_logger, e, lease.Ref.Session);
            return false;
        }
    }

    /// <returns>The version at which hot is then; <see langword="null"/>: the lease is over.</returns>
    private async ValueTask<long?> AdoptAsync(HeldLease lease, HeldQueue queue, long confirmed, bool isWhole, bool coldMayBeAhead)
    {
        var adopted = await _outbox!.AdoptAsync(
            new HotAdoption
            {
                Session = queue.Session,
                Meta = new HotMeta
                {
                    Incarnation = queue.Incarnation,
                    Version = confirmed,
                    Epoch = lease.Ref.Epoch,
                    RunId = _hot!.RunId,

                    // Nobody believes in what is behind until the rest is there as well.
                    GoodUntil = GoodUntil(coldMayBeAhead || !isWhole),
                },
                ValidFor = lease.Left,
                IsWhole = isWhole,

                // It may have been emptied since it was asked: then this is not all there is.
                WholeAt = isWhole ? queue.End : 0,
                DataKeys = queue.DataKeys,
            },
            CancellationToken.None).ConfigureAwait(false);
        if (adopted is null && !lease.HasRunOut)
            _leases.Lose(lease);
        return adopted;
    }

    // Hot keeps the later of two promises for one version: this one adds none.
    private DateTimeOffset GoodUntil(bool isDoubtful) => isDoubtful ? DateTimeOffset.UnixEpoch : _time.GetUtcNow() + _maxStaleness;

    /// <summary>The same, as well as it can be done now.</summary>
    private async ValueTask KeepInHotAsync(HeldLease lease, bool coldMayBeAhead)
    {
        var queue = lease.Queue!;
        if (lease.HasEnded || queue.IsIn(_hot!.RunId) || HotRefuses(queue.Session))
            return;
        try
        {
            await AdoptAsync(lease, queue, coldMayBeAhead).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreUnavailableException or CommitOutcomeUnknownException)
        {
            HotFailed(e, "adopt");
        }
    }

    /// <summary>The same, for who is not in the session's turn. Never throws.</summary>
    private async ValueTask HealAsync(HeldLease lease)
    {
        // While the session is being taken over, nobody knows yet whether hot has lost something: whoever vouched for it now would hide that from who comes next.
        if (_disposed || lease.HasEnded || lease.State.Lease != lease || lease.Queue!.IsIn(_hot!.RunId))
            return;
        await lease.State.Commits.EnterAsync(new PendingCommit(patch: null, mayJoin: false), CancellationToken.None).ConfigureAwait(false);
        try
        {
            await KeepInHotAsync(lease, coldMayBeAhead: lease.State.Unresolved is not null).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // It is tried again; what is kept here is still here.
        catch (Exception e)
#pragma warning restore CA1031
        {
            HotFailed(e, "adopt");
        }
        finally
        {
            lease.State.Commits.Leave();
        }
    }

    /// <summary>Looks once for sessions whose holder is gone and left queued commits behind; it is done every <see cref="OutboxOptions.ReconcileInterval"/> by itself.</summary>
    internal ValueTask ReconcileNowAsync(CancellationToken cancellationToken) => _reconciler.PassAsync(cancellationToken);

    /// <summary>Takes a session over whose holder is gone, drains it and gives it back.</summary>
    private async ValueTask ReconcileAsync(AuthSessionId session)
    {
        var state = StateOf(session);
        if (!state.TryOpen())
            return;
        HeldSession? held;
        try
        {
            held = await HoldAsync(session, state, wait: false, CancellationToken.None).ConfigureAwait(false);
        }
        catch
        {
            state.Closed();
            throw;
        }

        if (held is null)
            state.Closed();
        else
            await LetGoAsync(session, state, held.Lease).ConfigureAwait(false);
    }

    /// <summary>Waits, for as long as was configured, until cold has everything that a session has queued.</summary>
    /// <returns>Whether it has.</returns>
    private async ValueTask<bool> DrainBeforeReleaseAsync(AuthSessionId session, SessionState state, HeldLease lease)
    {
        if (lease.Queue is not { } queue || lease.HasEnded)
            return lease.Queue is null;
        try
        {
            await ResolveAsync(session, state, next: null, CancellationToken.None).ConfigureAwait(false);
        }
        catch (AuthStoreException e)
        {
            // It may be in hot's outbox: then whoever opens the session next finds it there.
            Log.NotDrained(_logger, e, session);
            return false;
        }

        if (await _drainer.WaitAsync(lease, _outboxOptions.DrainTimeout).ConfigureAwait(false))
            return true;
        var (entries, bytes) = queue.Backlog;
        Log.OutboxRemains(_logger, 1, entries, bytes);
        return false;
    }
}
