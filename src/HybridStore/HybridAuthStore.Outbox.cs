using HybridStore.Diagnostics;
using HybridStore.Outbox;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    /// <summary>What waits in the hot tier for the cold one, for whoever runs the store.</summary>
    public AuthOutbox Outbox { get; }

    internal async ValueTask<OutboxRemainder> DrainHeldAsync(TimeSpan timeout)
    {
        var leases = _states.Values.Select(static s => s.Lease).Where(static l => l?.Queue is not null).ToArray();
        await Task.WhenAll(leases.Select(l => _drainer.WaitAsync(l!, timeout).AsTask())).ConfigureAwait(false);
        var backlogs = leases.Select(static l => l!.Queue!.Backlog).Where(static b => b.Entries > 0).ToArray();
        return new OutboxRemainder(backlogs.Length, backlogs.Sum(static b => b.Entries), backlogs.Sum(static b => b.Bytes));
    }

    /// <summary>Drains what this process has queued, within the configured time and the caller's.</summary>
    internal async ValueTask<OutboxRemainder> DrainAsync(CancellationToken cancellationToken) =>
        await DrainHeldAsync(_outboxOptions.DrainTimeout).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);

    internal ValueTask<bool> RetryOutboxAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        UnderLeaseAsync(session, RetryAsync, cancellationToken);

    internal async ValueTask DiscardOutboxAsync(AuthSessionId session, long version, CancellationToken cancellationToken)
    {
        Check(session);
        var about = _audit.About(AuditKind.OutboxDiscarded, session);
        await _audit.RunAsync(
            about is null ? null : about with { Version = version },
            async () => _ = await UnderLeaseAsync(session, (state, lease) => DiscardAsync(state, lease, version), cancellationToken).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
    }

    internal async ValueTask AbandonOutboxAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        Check(session);
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        await _audit.RunAsync(_audit.About(AuditKind.OutboxAbandoned, session), () => AbandonRecordedAsync(session, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask AbandonRecordedAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        var state = StateOf(session);
        if (!state.TryOpen())
            throw new SessionHeldException(session, Environment.MachineName, until: null);
        try
        {
            if ((await AskColdAsync(session, state, [], withDataKeys: false, shown: true, cancellationToken).ConfigureAwait(false)).Head is null)
                throw new SessionNotFoundException(session);

            // A holder that lives on in hot, if hot can be asked, keeps its session. What hot does not say, the caller says: that there is nothing more to come from it.
            var hot = await ReadHotAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false)
                ?? new HotRead { RunId = "", Generation = 0, Records = [] };
            var (lease, grant) = await _leases.TryAcquireAsync(session, state, hot, cancellationToken).ConfigureAwait(false);
            if (lease is null)
                throw new SessionHeldException(session, grant.Holder ?? "another process", grant.Until);
            var done = false;
            try
            {
                var cold = await AskColdAsync(session, state, [], withDataKeys: true, shown: true, cancellationToken).ConfigureAwait(false);
                if (cold.Head is not { } head)
                    throw new SessionNotFoundException(session);
                lease.Queue = new HeldQueue(lease.Ref, head.Incarnation, head.Version, cold.Commits, cold.DataKeys, _continuations);
                await MarkRolledBackAsync(lease, head.RolledBackAt == 0 ? head.Version : head.RolledBackAt, "an operator gave up what was queued").ConfigureAwait(false);
                done = true;
            }
            finally
            {
                await _leases.ReleaseAsync(lease, drained: done).ConfigureAwait(false);
            }
        }
        finally
        {
            state.Closed();
        }
    }

    private async ValueTask<bool> RetryAsync(SessionState state, HeldLease lease)
    {
        await UnparkAsync(lease).ConfigureAwait(false);
        var drained = await _drainer.WaitAsync(lease, TimeSpan.Zero).ConfigureAwait(false);
        _drainer.Schedule(lease);
        return drained;
    }

    private async ValueTask<bool> DiscardAsync(SessionState state, HeldLease lease, long version)
    {
        var queue = lease.Queue!;
        await queue.ColdTurn.EnterAsync(new PendingCommit(patch: null, mayJoin: false), CancellationToken.None).ConfigureAwait(false);
        try
        {
            if (queue.Next(queue.Base, oneOnly: true) is not { } oldest || oldest.Version != version)
                throw new CommitConflictException(queue.Session, key: null, version, queue.Next(queue.Base, oneOnly: true)?.Version ?? 0);
            var nothing = new SealedPatch
            {
                CommitId = oldest.CommitId, Predecessor = oldest.Predecessor, Version = oldest.Version, Absorbed = oldest.Absorbed, Changes = [],
            };
            await MarkAsync(lease, nothing).ConfigureAwait(false);
            queue.Acknowledge(nothing.Version);
        }
        finally
        {
            queue.ColdTurn.Leave();
        }

        Log.RolledBack(_logger, queue.Session, version - 1, "an operator discarded the queued commit after it");
        state.RolledBackAt = version - 1;
        _leases.RollBack(lease);

        // What it wrote is in hot and may be here as well.
        state.Forget();
        await EvictAsync(queue.Session).ConfigureAwait(false);
        queue.Vouch(null);
        await UnparkAsync(lease).ConfigureAwait(false);
        await _drain.AcknowledgeAsync(queue).ConfigureAwait(false);
        return await RetryAsync(state, lease).ConfigureAwait(false);
    }

    private async ValueTask UnparkAsync(HeldLease lease)
    {
        lease.Queue!.Parked = null;
        lease.Queue.Tries = 0;
        await _outbox!.ParkAsync(lease.Ref, entry: null, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Does something under a session's lease, which this process has or takes for as long as it needs it.</summary>
    private async ValueTask<bool> UnderLeaseAsync(AuthSessionId session, Func<SessionState, HeldLease, ValueTask<bool>> action, CancellationToken cancellationToken)
    {
        Check(session);
        await InitializeAsync(cancellationToken).ConfigureAwait(false);
        var state = StateOf(session);
        await _reconciler.LetGoAsync(session, cancellationToken).ConfigureAwait(false);
        if (state.TryOpen())
        {
            var held = default(HeldSession);
            try
            {
                held = await HoldAsync(session, state, wait: true, cancellationToken).ConfigureAwait(false);
                return held?.Lease is not { Queue: not null } lease || await InTurnAsync(state, lease, action).ConfigureAwait(false);
            }
            finally
            {
                if (held is null)
                    state.Closed();
                else
                    await LetGoAsync(session, state, held.Lease).ConfigureAwait(false);
            }
        }

        if (state.Lease is not { Queue: not null } mine)
            throw new SessionHeldException(session, Environment.MachineName, until: null);
        return await InTurnAsync(state, mine, action).ConfigureAwait(false);
    }

    private static async ValueTask<bool> InTurnAsync(SessionState state, HeldLease lease, Func<SessionState, HeldLease, ValueTask<bool>> action)
    {
        await state.Commits.EnterAsync(new PendingCommit(patch: null, mayJoin: false), CancellationToken.None).ConfigureAwait(false);
        try
        {
            return await action(state, lease).ConfigureAwait(false);
        }
        finally
        {
            state.Commits.Leave();
        }
    }
}
