using System.Runtime.CompilerServices;
using HybridStore.Coordination;
using HybridStore.Diagnostics;
using HybridStore.Outbox;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    // Hot is told what it lacks and asked again; more often than that, somebody else is at it.
    private const int MaxQueueAttempts = 3;

    // What a persisted commit takes along in its own transaction; more than that is drained before it.
    private const long MaxCarriedBytes = 4 * 1024 * 1024;

    /// <summary>Sends a step where its durability, what works and who holds the session say (DESIGN's table), and remembers it if its outcome is unknown.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SentStep> SendAsync(
        AuthSessionId session, SessionState state, SealedStep step, Durability durability, CancellationToken cancellationToken)
    {
        try
        {
            if (step.Lease is { Queue: { } queue } lease && lease == state.Lease)
                return await RouteAsync(session, state, step, lease, queue, durability, cancellationToken).ConfigureAwait(false);
            var result = await _cold.CommitAsync(step.Commit, cancellationToken).ConfigureAwait(false);

            // What it stood on is queued under a lease that is not held any more: it has no place, whatever its epoch says.
            if (result.Status == ColdCommitStatus.OutOfOrder && step.Lease is not null)
                result = result with { Status = ColdCommitStatus.Fenced };
            if (result.Status == ColdCommitStatus.Repeated && result.Version == step.Version)
                result = await LookForAsync(session, state, step, carried: null, result, cancellationToken).ConfigureAwait(false);
            return new SentStep(result, CommitOutcome.Persisted);
        }
        catch (CommitOutcomeUnknownException e)
        {
            Log.CommitOutcomeUnknown(_logger, e, session, step.Commit.Patches[^1].CommitId);
            state.Suspend(step);

            // Hot may now be behind cold: what it has is not believed until the outcome is known. Where this process queues, it knows by itself.
            if (step.Lease?.Queue is null)
                await EvictAsync(session).ConfigureAwait(false);
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SentStep> RouteAsync(
        AuthSessionId session, SessionState state, SealedStep step, HeldLease lease, HeldQueue queue, Durability durability, CancellationToken cancellationToken)
    {
        if (queue.Parked is { } parked)
            throw new OutboxParkedException(session, parked.Version, parked.Reason);

        // A session's first commit brings its data key, which only cold keeps.
        var mayQueue = queue.Incarnation == step.Commit.Incarnation && step.Commit.NewDataKey is null;
        mayQueue &= _outboxOptions.Enabled;
        var hasRoom = mayQueue && HasRoom(queue);
        CommitOutcomeUnknownException? unknown = null;
        var triedHot = false;

        // Known to be down: it is not asked where there is another way. Where there is none, it is, and says why not.
        if (CommitDecision.Decide(durability, !ColdRefuses(session), hotIsUp: !HotRefuses(session), hasRoom) == CommitRoute.Queue)
        {
            triedHot = true;
            try
            {
                if (await QueueAsync(session, state, step, lease, queue, mayBeThere: state.Unresolved == step, cancellationToken).ConfigureAwait(false) is { } queued)
                    return queued;
            }
            catch (CommitOutcomeUnknownException e)
            {
                // It has its place in the order, so cold can be given it all the same, and then it is known.
                unknown = e;
                step.MayBeInHot = true;
            }
        }

        try
        {
            var sent = await PersistAsync(session, state, step, lease, queue, cancellationToken).ConfigureAwait(false);
            if (!step.MayBeInHot || sent.Result.Status is not (ColdCommitStatus.Conflict or ColdCommitStatus.Fenced or ColdCommitStatus.DataKeyChanged))
                return sent;

            // Cold has refused it, and who has hot's outbox next may find it there: only hot can say that it is not.
            var mayAskHot = !triedHot;
            triedHot = true;
            if (sent.Result.Status == ColdCommitStatus.Fenced)
                _leases.Lose(lease);
            else if (mayAskHot && await QueueAsync(session, state, step, lease, queue, mayBeThere: true, cancellationToken).ConfigureAwait(false) is { } queued)
                return queued;
            throw unknown ?? new CommitOutcomeUnknownException(session, step.Commit.Patches[^1].CommitId);
        }
        catch (Exception e) when (e is StoreUnavailableException or CommitOutcomeUnknownException)
        {
            var mayTryHot = !triedHot && !HotRefuses(session) && CommitDecision.Decide(durability, coldIsUp: false, hotIsUp: true, hasRoom) == CommitRoute.Queue;
            if (mayTryHot && await QueueAfterColdAsync(session, state, step, lease, queue, e, cancellationToken).ConfigureAwait(false) is { } queued)
                return queued;
            if (unknown is not null && e is StoreUnavailableException)
                throw unknown;
            if (e is StoreUnavailableException && mayQueue && !hasRoom && durability != Durability.Persisted)
                throw new OutboxFullException(session, queue.Backlog.Entries, queue.Backlog.Bytes, e);
            throw;
        }
        catch (Exception) when (unknown is not null)
        {
            // Whatever cold says: it is not there. Hot may have it.
            throw unknown;
        }
    }

    private async ValueTask<SentStep?> QueueAfterColdAsync(
        AuthSessionId session, SessionState state, SealedStep step, HeldLease lease, HeldQueue queue, Exception cold, CancellationToken cancellationToken)
    {
        try
        {
            return await QueueAsync(session, state, step, lease, queue, mayBeThere: cold is CommitOutcomeUnknownException || state.Unresolved == step, cancellationToken).ConfigureAwait(false);
        }
        catch (CommitOutcomeUnknownException)
        {
            step.MayBeInHot = true;
            throw;
        }
        catch (Exception) when (cold is CommitOutcomeUnknownException)
        {
            // Whatever hot says: cold may have it.
            return null;
        }
    }

    private bool HasRoom(HeldQueue queue)
    {
        var (entries, bytes) = queue.Backlog;
        return entries < _outboxOptions.MaxEntries && bytes < _outboxOptions.MaxBytes;
    }

    /// <summary>Commits a step to cold, and everything that was queued before it in the same transaction (protocol rule 1).</summary>
    private async ValueTask<SentStep> PersistAsync(
        AuthSessionId session, SessionState state, SealedStep step, HeldLease lease, HeldQueue queue, CancellationToken cancellationToken)
    {
        await queue.ColdTurn.EnterAsync(new PendingCommit(patch: null, mayJoin: false), cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
            {
                if (queue.Backlog.Bytes > MaxCarriedBytes)
                {
                    await DrainCarriedAsync(session, state, lease, queue).ConfigureAwait(false);
                    continue;
                }

                var from = queue.Base;
                var carried = queue.Next(from) is { } before && before.Version <= step.Predecessor ? before : null;
                var commit = carried is null ? step.Commit : step.Commit.After(carried, from);
                var result = await _cold.CommitAsync(commit, cancellationToken).ConfigureAwait(false);

                // Or what it carries was there already, as after an attempt whose outcome was unknown.
                if ((result.Status == ColdCommitStatus.Repeated && result.Version == step.Version) || (result.Status == ColdCommitStatus.Committed && result.PreviousVersion > from))
                    result = await LookForAsync(session, state, step, carried, result, cancellationToken).ConfigureAwait(false);
                else if (result.Status == ColdCommitStatus.OutOfOrder && OutboxDrain.IsWithin(queue, result.Version))
                    result = await _drain.LookAsync(lease, queue, result, result.Version).ConfigureAwait(false);
                switch (result.Status)
                {
                    // An attempt of this step whose outcome was unknown: it is its own repeat. Or somebody else has made it, under another epoch: what would be queued now has no place.
                    case ColdCommitStatus.Committed:
                    case ColdCommitStatus.Repeated when result.Version == step.Version:
                        if (result.Epoch > lease.Ref.Epoch)
                            _leases.Lose(lease);
                        queue.AddPersisted(step.Commit.Incarnation, step.Commit.Patches);
                        if (commit.NewDataKey is { } created)
                            queue.DataKeys = [created];
                        return new SentStep(
                            result with { Status = ColdCommitStatus.Committed, PreviousVersion = step.Predecessor, Version = step.Version }, CommitOutcome.Persisted);

                    case ColdCommitStatus.OutOfOrder when OutboxDrain.IsWithin(queue, result.Version):
                        // A part of what came before was taken by an attempt whose outcome was unknown.
                        queue.Acknowledge(result.Version);
                        continue;

                    case ColdCommitStatus.OutOfOrder:
                        throw OutOfPlace(session, queue, result.Version);

                    default:
                        return new SentStep(result, CommitOutcome.Persisted);
                }
            }
        }
        finally
        {
            queue.ColdTurn.Leave();
        }
    }

    /// <summary>
    /// Sees whether it is this step that cold has, and what it carries: at its version and below, cold skips whatever it is sent. Another commit is there only if cold went back, and others have
    /// gone on from there.
    /// </summary>
    private async ValueTask<ColdCommitResult> LookForAsync(
        AuthSessionId session, SessionState state, SealedStep step, SealedPatch? carried, ColdCommitResult result, CancellationToken cancellationToken)
    {
        var id = step.Commit.Patches[^1].CommitId;
        try
        {
            var cold = await _cold.ReadAsync(session, [], withDataKeys: true, cancellationToken).ConfigureAwait(false);
            foreach (var mark in cold.Commits)
            {
                if (mark.Id != id)
                    continue;

                // At another version, since somebody else has repeated it.
                if (mark.Version != step.Version)
                    return result with { Version = mark.Version };

                // Somebody else has begun the session with it, which nobody can while a lease is held, and with a data key of their own: what was sealed here nobody could open.
                if (step.Commit.NewDataKey is { } created && cold.DataKeys.All(k => k.Id != created.Id))
                {
                    if (step.Lease is { } lease)
                        _leases.Lose(lease);
                    return result with { Status = ColdCommitStatus.Fenced };
                }

                var carriedIsThere = carried is null || step.Lease!.Queue!.HasMadeAny(cold.Commits.Where(m => m.Version >= carried.Version && m.Version <= step.Predecessor));
                if (carriedIsThere && !OthersAreWithin(step, cold.Commits))
                    return result;
                throw WentBack(session, state, new SeenMark(result.Incarnation, step.Predecessor), state.Seen);
            }

            // Deleted since it was asked.
            if (ReadDecision.PositionOf(cold.Head, cold.LastEndedIncarnation) >= SeenMark.EndOf(step.Commit.Incarnation))
                return result with { Status = ColdCommitStatus.IncarnationEnded, Incarnation = cold.Head?.Incarnation ?? 0, Version = cold.Head?.Version ?? 0 };
        }
        catch (StoreUnavailableException e)
        {
            throw new CommitOutcomeUnknownException(session, id, e);
        }

        throw WentBack(session, state, new SeenMark(result.Incarnation, result.Version), state.Seen);
    }

    // In the place of a commit that was joined with the last: that one was put on top of theirs. What cold no longer remembers is not held against it.
    private static bool OthersAreWithin(SealedStep step, IReadOnlyList<CommitMark> there)
    {
        foreach (var patch in step.Commit.Patches)
        {
            if (patch.Version != 0 && there.Any(m => m.Version == patch.Version && m.Id != patch.CommitId))
                return true;
        }

        return false;
    }

    private async ValueTask DrainCarriedAsync(AuthSessionId session, SessionState state, HeldLease lease, HeldQueue queue)
    {
        switch (await _drain.SendAsync(lease, queue).ConfigureAwait(false))
        {
            case DrainStep.ColdUnavailable or DrainStep.Refused:
                throw NotDrainedYet(session, queue);
            case DrainStep.Over when queue.Parked is { } parked:
                throw new OutboxParkedException(session, parked.Version, parked.Reason);
            case DrainStep.Over:
                throw new FencedException(session, lease.Ref.Epoch, state.Lease?.Ref.Epoch ?? 0);
        }
    }

    /// <summary>Commits a step to hot and outbox.</summary>
    /// <param name="session">The session.</param>
    /// <param name="state">What is remembered of it.</param>
    /// <param name="step">The step.</param>
    /// <param name="lease">The lease.</param>
    /// <param name="queue">Its queue.</param>
    /// <param name="mayBeThere">Whether an attempt of this step may have been taken: what is found then may be its own doing, and no conflict.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns><see langword="null"/>: hot can't take it now, and has not.</returns>
    /// <exception cref="CommitOutcomeUnknownException">It may have been taken.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SentStep?> QueueAsync(
        AuthSessionId session, SessionState state, SealedStep step, HeldLease lease, HeldQueue queue, bool mayBeThere, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxQueueAttempts; attempt++)
        {
            HotQueueResult result;
            try
            {
                if (await FindConflictAsync(session, state, step, cancellationToken).ConfigureAwait(false) is { } conflict)
                {
                    if (mayBeThere)
                        return null;
                    return new SentStep(
                        new ColdCommitResult { Status = ColdCommitStatus.Conflict, Incarnation = queue.Incarnation, Version = queue.End, Epoch = lease.Ref.Epoch, Conflict = conflict },
                        CommitOutcome.Queued);
                }

                if (!queue.IsIn(_hot!.RunId) && !await AdoptAsync(lease, queue, coldMayBeAhead: mayBeThere).ConfigureAwait(false))
                    return null;
                var commit = new QueuedCommit
                {
                    Session = session,
                    Incarnation = queue.Incarnation,
                    Epoch = lease.Ref.Epoch,
                    Patches = step.Commit.Patches,
                    DrainedVersion = queue.Base,
                    GoodUntil = _time.GetUtcNow() + _maxStaleness,
                };
                result = await _outbox!.QueueAsync(commit, cancellationToken).ConfigureAwait(false);
                if (result.Status == HotQueueStatus.Queued)
                    queue.Tell(commit.DrainedVersion);
            }
            catch (StoreUnavailableException e)
            {
                HotFailed(e, "queue");
                return null;
            }

            switch (result.Status)
            {
                case HotQueueStatus.Queued:
                case HotQueueStatus.Repeated when result.Version == step.Version:
                    queue.Add(step.Commit.Patches);
                    _drainer.Schedule(lease);
                    return new SentStep(
                        new ColdCommitResult
                        {
                            Status = ColdCommitStatus.Committed,
                            Incarnation = queue.Incarnation,
                            Version = step.Version,
                            PreviousVersion = step.Predecessor,
                            Epoch = lease.Ref.Epoch,
                        },
                        CommitOutcome.Queued);

                case HotQueueStatus.Repeated:
                    return new SentStep(
                        new ColdCommitResult { Status = ColdCommitStatus.Repeated, Incarnation = queue.Incarnation, Version = result.Version, Epoch = lease.Ref.Epoch },
                        result.Version > queue.Base ? CommitOutcome.Queued : CommitOutcome.Persisted);

                default:
                    // It lacks something, was restarted, or has another epoch: what this process knows tells which.
                    queue.Vouch(null);
                    break;
            }
        }

        return null;
    }

    // Under the lease nobody else commits, and this is the session's turn: what is found now is so when hot takes the step, which it does at this version only (rule 7).
    private async ValueTask<CommitConflict?> FindConflictAsync(AuthSessionId session, SessionState state, SealedStep step, CancellationToken cancellationToken)
    {
        foreach (var patch in step.Commit.Patches)
        {
            if (patch.ExpectedSessionVersion is { } expected && expected != patch.Predecessor)
                return new CommitConflict(null, expected, patch.Predecessor!.Value);
            if (patch.Expectations.Count == 0)
                continue;
            AuthKey[] keys = [.. patch.Expectations.Select(static e => e.Key)];
            var found = state.TryGetAll(keys) ?? await ReadAsync(session, state, keys, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < keys.Length; i++)
            {
                var actual = found[i].Exists ? found[i].Version : 0;
                if (actual != patch.Expectations[i].Version)
                    return new CommitConflict(keys[i], patch.Expectations[i].Version, actual);
            }
        }

        return null;
    }

    private StoreUnavailableException OutOfPlace(AuthSessionId session, HeldQueue queue, long coldVersion) => new(
        _cold.Name,
        $"The cold tier {_cold.Name} has session {session} at version {coldVersion}, where this process, which holds it, expects {queue.Base} to {queue.End}. Nothing was changed by this call.")
    {
        Session = session,
    };
}
