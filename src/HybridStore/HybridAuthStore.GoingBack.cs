using System.Security.Cryptography;
using HybridStore.Coordination;
using HybridStore.Outbox;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    /// <summary>
    /// Gives a session that exists other records, in one transaction of cold: there is no moment without the session, nor one at which it is half of each. Its version moves
    /// beyond all that it can have had, so that nothing queued of it fits any more, and it is marked as rolled back.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="incarnation">The life that the records belong to.</param>
    /// <param name="beyond">A version that it had elsewhere, which it is to be beyond as well.</param>
    /// <param name="read">The records, as they are to be, given the session as it is.</param>
    /// <param name="history">What is kept of the records that are replaced.</param>
    /// <param name="cancellationToken">Cancels it until the transaction begins.</param>
    /// <returns>The version that it has now.</returns>
    /// <exception cref="SessionHeldException">A process holds the session. Nothing was changed.</exception>
    /// <exception cref="IncarnationEndedException">That life has ended, or hot or this process knows of a later one. Nothing was changed.</exception>
    private async ValueTask<long> GoBackAsync(
        AuthSessionId session,
        long incarnation,
        long beyond,
        Func<ColdRead, IAsyncEnumerable<SealedChange>> read,
        ColdHistoryRetention? history,
        CancellationToken cancellationToken)
    {
        var state = StateOf(session);

        // What is queued is given to cold first, where that can be done: history has it then. What can't be is given up, as everything after the point to go back to.
        await DrainForBackupAsync(session).ConfigureAwait(false);
        await _reconciler.LetGoAsync(session, cancellationToken).ConfigureAwait(false);
        if (!state.TryOpen())
            throw new SessionHeldException(session, Environment.MachineName, until: null);
        try
        {
            await state.Commits.EnterAsync(new PendingCommit(patch: null, mayJoin: false), cancellationToken).ConfigureAwait(false);
            try
            {
                var hot = await ReadHotAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false);

                // Cold went back to before a deletion: no version of this life is beyond what was seen of the next one.
                if (LastKnownLife(state, hot) > incarnation)
                    throw new IncarnationEndedException(session, incarnation);
                var (lease, grant) = await _leases.TryAcquireAsync(session, state, hot ?? new HotRead { RunId = "", Generation = 0, Records = [] }, cancellationToken).ConfigureAwait(false);
                if (lease is null)
                    throw new SessionHeldException(session, grant.Holder ?? "another process", grant.Until);
                return await GoBackAsync(state, lease, incarnation, beyond, read, history, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                state.Commits.Leave();
            }
        }
        finally
        {
            state.Closed();
        }
    }

    private async ValueTask<long> GoBackAsync(
        SessionState state,
        HeldLease lease,
        long incarnation,
        long beyond,
        Func<ColdRead, IAsyncEnumerable<SealedChange>> read,
        ColdHistoryRetention? history,
        CancellationToken cancellationToken)
    {
        var session = lease.Ref.Session;
        var done = false;
        try
        {
            var cold = await _cold.ReadAsync(session, [], withDataKeys: true, cancellationToken).ConfigureAwait(false);
            if (cold.Head is not { } head)
                throw new SessionNotFoundException(session);
            if (head.Incarnation != incarnation)
                throw new IncarnationEndedException(session, incarnation);
            var changes = await CompareAsync(session, read(cold), cancellationToken).ConfigureAwait(false);
            var queue = lease.Queue = new HeldQueue(lease.Ref, head.Incarnation, head.Version, cold.Commits, cold.DataKeys, _continuations);
            var fork = Fork(queue, Math.Max(head.Version, beyond) + RollbackJump, changes);
            try
            {
                await MarkAsync(lease, fork, history).ConfigureAwait(false);
            }
            catch
            {
                // It may have been done all the same: only cold knows what there is.
                state.Forget();
                await EvictAsync(session).ConfigureAwait(false);
                throw;
            }

            done = true;
            queue.AddPersisted(head.Incarnation, [fork]);
            state.TryObserve(new SeenMark(head.Incarnation, fork.Version), shown: true);
            state.ObserveInCold(new SeenMark(head.Incarnation, fork.Version));
            state.Forget();
            await ReplaceInHotAsync(lease).ConfigureAwait(false);
            return fork.Version;
        }
        finally
        {
            await _leases.ReleaseAsync(lease, drained: done).ConfigureAwait(false);
        }
    }

    /// <summary>What has to change for a session to have exactly these records.</summary>
    private async ValueTask<IReadOnlyList<SealedChange>> CompareAsync(AuthSessionId session, IAsyncEnumerable<SealedChange> wanted, CancellationToken cancellationToken)
    {
        // Envelopes of different writes are never equal. Their hashes, since a session may have more records than memory should hold twice.
        var there = new Dictionary<AuthKey, byte[]>();
        await foreach (var record in _cold.EnumerateAsync(session, type: null, cancellationToken).ConfigureAwait(false))
            there.Add(record.Key, SHA256.HashData(record.Envelope.Span));
        var changes = new List<SealedChange>();
        await foreach (var record in wanted.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (!there.Remove(record.Key, out var hash) || !hash.AsSpan().SequenceEqual(SHA256.HashData(record.Envelope!.Value.Span)))
                changes.Add(record);
        }

        changes.AddRange(there.Keys.Select(static key => new SealedChange(key, null)));
        return changes;
    }

    /// <summary>Tells hot, or has it forget the session; what it had is older than what was just shown, and no reader here takes it.</summary>
    private async ValueTask ReplaceInHotAsync(HeldLease lease)
    {
        if (_outbox is null)
        {
            await EvictAsync(lease.Ref.Session).ConfigureAwait(false);
            return;
        }

        try
        {
            await _hot!.InstallEpochAsync(lease.Ref, lease.Left, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            HotFailed(e, "install epoch");
            return;
        }

        await KeepInHotAsync(lease, coldMayBeAhead: false).ConfigureAwait(false);
    }
}
