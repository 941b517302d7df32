using HybridStore.Coordination;
using HybridStore.Diagnostics;
using HybridStore.Outbox;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    private const int TakeoverPage = 256;
    private const string HotIsDoubtful = "hot was restarted, emptied or replaced since the last holder, who is gone, knew that it had everything";
    private const string SeenIsMissing = "commits that this process has read from hot are neither there any more nor in cold";
    private const string EntriesAreMissing = "entries of hot's outbox are missing";

    /// <summary>Drains what was queued under leases before this one, finds out whether anything of it is missing, and gives hot what is known (protocol rule 3).</summary>
    /// <returns>The version behind which queued commits were lost and nobody has acknowledged it; 0: none were.</returns>
    private async ValueTask<long> TakeOverAsync(
        SessionState state, HeldLease lease, LeaseGrant grant, HotInstallation? hot, ColdRead cold, CancellationToken cancellationToken)
    {
        var session = lease.Ref.Session;
        var head = cold.Head;

        // Read after hot has the epoch. Whoever has taken or deleted the session before is known here, whatever hot has forgotten since; who comes later finds the epoch there, or, if hot is emptied once more, takes it for one that lost everything.
        if (head is not null && head.Epoch != lease.Ref.Epoch)
            throw NotHeldAnyMore(lease, head.Epoch);
        var queue = new HeldQueue(lease.Ref, head?.Incarnation ?? 0, head?.Version ?? 0, cold.Commits, cold.DataKeys, _continuations);
        lease.Queue = queue;
        if (hot is null)
            return head?.RolledBackAt ?? 0;
        if (!hot.Installed)
            throw NotHeldAnyMore(lease, currentEpoch: 0);

        if (head is null)
        {
            // Whoever deleted it did not reach hot: what waits there is of no life that anybody could drain it to.
            if (hot.Former is { Incarnation: not 0 })
                await DiscardAsync(session, lease.Ref.Epoch, cold.LastEndedIncarnation).ConfigureAwait(false);
            return 0;
        }

        var former = hot.Former?.Incarnation == head.Incarnation ? hot.Former : null;
        if (former?.Parked is { } parked && parked.Version > head.Version)
            queue.Parked = parked;
        var isOfThis = former is null || !await HasOthersInPlaceAsync(session, head, cold.Commits, former).ConfigureAwait(false);
        var chains = isOfThis && await CollectAsync(session, queue, former).ConfigureAwait(false);
        var complete = chains && TakeoverDecision.IsComplete(grant.FormerAheadEpoch, sessionExists: true, hot);
        var entries = queue.Backlog.Entries;
        if (queue.Parked is null)
        {
            if (!await DrainAllAsync(lease).ConfigureAwait(false) && queue.Parked is null)
                throw lease.HasEnded ? new FencedException(session, lease.Ref.Epoch, currentEpoch: 0) : NotDrainedYet(session, queue);
            if (entries > 0)
                Log.TakenOver(_logger, session, entries);
        }

        var rolledBackAt = head.RolledBackAt;
        if (!complete)
        {
            // Cold had no ahead mark, so it was complete once: what it lacks now, it has lost. Or this lease is over, and what hot has is queued under another.
            if (grant.FormerAheadEpoch == 0)
            {
                await EnsureStillHeldAsync(lease, cancellationToken).ConfigureAwait(false);
                throw WentBack(session, state, new SeenMark(head.Incarnation, queue.Base), new SeenMark(head.Incarnation, former?.Version ?? 0));
            }

            // A parked session waits for a person first, who then finds the same doubt: nothing here vouches for hot.
            if (queue.Parked is not null)
                return rolledBackAt;
            rolledBackAt = await MarkRolledBackAsync(lease, rolledBackAt == 0 ? queue.Base : rolledBackAt, chains ? HotIsDoubtful : EntriesAreMissing).ConfigureAwait(false);
        }

        if (!state.TryObserve(new SeenMark(head.Incarnation, queue.End), shown: true))
            rolledBackAt = await FindOutWhyBehindAsync(session, state, lease, rolledBackAt, cancellationToken).ConfigureAwait(false);
        await KeepInHotAsync(lease, coldMayBeAhead: false).ConfigureAwait(false);
        return rolledBackAt;
    }

    /// <summary>This process has seen more than both tiers have: the lease is over already and others have gone on, or what was seen in hot is lost.</summary>
    private async ValueTask<long> FindOutWhyBehindAsync(AuthSessionId session, SessionState state, HeldLease lease, long rolledBackAt, CancellationToken cancellationToken)
    {
        var queue = lease.Queue!;
        var head = await EnsureStillHeldAsync(lease, cancellationToken).ConfigureAwait(false);
        var position = new SeenMark(head.Incarnation, head.Version);
        if (position < state.SeenInCold)
            throw WentBack(session, state, position, state.Seen);
        rolledBackAt = await MarkRolledBackAsync(lease, rolledBackAt == 0 ? queue.Base : rolledBackAt, SeenIsMissing).ConfigureAwait(false);
        state.TryObserve(new SeenMark(head.Incarnation, queue.End), shown: true);
        return rolledBackAt;
    }

    /// <summary>Asks cold whether a lease is still the last that it has issued: if not, what hot was found to have may be of a later one.</summary>
    private async ValueTask<SessionHead> EnsureStillHeldAsync(HeldLease lease, CancellationToken cancellationToken)
    {
        var cold = await _cold.ReadAsync(lease.Ref.Session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false);
        return cold.Head is { } head && head.Epoch == lease.Ref.Epoch ? head : throw NotHeldAnyMore(lease, cold.Head?.Epoch ?? 0);
    }

    private FencedException NotHeldAnyMore(HeldLease lease, long currentEpoch)
    {
        _leases.Lose(lease);
        return new FencedException(lease.Ref.Session, lease.Ref.Epoch, currentEpoch);
    }

    /// <summary>Reads the entries that hot has beyond cold into the queue, as far as they fit.</summary>
    /// <param name="session">The session.</param>
    /// <param name="queue">The queue, at cold's version.</param>
    /// <param name="former">What hot knew of the outbox, if it is of this life.</param>
    /// <returns>Whether they lead to where hot was, without a gap.</returns>
    private async ValueTask<bool> CollectAsync(AuthSessionId session, HeldQueue queue, HotOutboxState? former)
    {
        while (true)
        {
            var entries = await _outbox!.ReadAsync(session, queue.End, TakeoverPage, CancellationToken.None).ConfigureAwait(false);
            foreach (var entry in entries)
            {
                // Of a former life: hot went back to before it ended, and what was queued in it says nothing of this one.
                if (entry.Incarnation < queue.Incarnation)
                    continue;

                // Of a branch that was lost: nothing of it fits here.
                if (entry.Incarnation != queue.Incarnation || entry.Patch.Predecessor != queue.End)
                    return false;
                queue.Add([entry.Patch]);
            }

            if (entries.Count < TakeoverPage)
                return former is null || former.Version <= queue.End;
        }
    }

    /// <summary>Whether cold has other commits where hot has some that it is not known to have: cold went back, and others have gone on from there under an epoch that was issued twice.</summary>
    private async ValueTask<bool> HasOthersInPlaceAsync(AuthSessionId session, SessionHead head, IReadOnlyList<CommitMark> there, HotOutboxState former)
    {
        if (former.DrainedVersion >= Math.Min(former.Version, head.Version))
            return false;

        // Cold remembers no more than these.
        var from = Math.Max(former.DrainedVersion, head.Version - AuthLimits.RememberedCommits);
        var entries = await _outbox!.ReadAsync(session, from, AuthLimits.RememberedCommits, CancellationToken.None).ConfigureAwait(false);
        return entries.Where(e => e.Incarnation == head.Incarnation)
            .SelectMany(static e => e.Patch.Absorbed.Append(new CommitMark(e.Patch.CommitId, e.Patch.Version)))
            .Any(m => there.Any(t => t.Version == m.Version && t.Id != m.Id));
    }

    private async ValueTask<bool> DrainAllAsync(HeldLease lease)
    {
        DrainStep step;
        do
        {
            step = await _drain.AdvanceAsync(lease, CancellationToken.None).ConfigureAwait(false);
        }
        while (step == DrainStep.Advanced || (step == DrainStep.Refused && lease.Queue!.Parked is null));

        return lease.Queue!.IsEmpty;
    }

    /// <summary>Notes in cold that queued commits are gone, and moves the session to versions that no late entry of theirs can fit to.</summary>
    private async ValueTask<long> MarkRolledBackAsync(HeldLease lease, long at, string reason)
    {
        var queue = lease.Queue!;
        var fork = Fork(queue, queue.Base + RollbackJump, changes: []);
        await MarkAsync(lease, fork).ConfigureAwait(false);
        queue.AddPersisted(queue.Incarnation, [fork]);
        Log.RolledBack(_logger, queue.Session, at, reason);
        return at;
    }

    /// <summary>A patch that leads from what cold has to a version far beyond, which nothing that was meant to come in between fits to.</summary>
    private static SealedPatch Fork(HeldQueue queue, long version, IReadOnlyList<SealedChange> changes) => new()
    {
        CommitId = CommitId.New(),
        Predecessor = queue.Base,
        Version = version,

        // A tier remembers by versions, and these jump: what is kept of before is named anew, as close behind it as it was, or a repeat of it would be applied again.
        Absorbed = [.. queue.Remembered
            .Where(m => m.Version <= queue.Base && m.Version > queue.Base - AuthLimits.RememberedCommits + 1)
            .Select(m => new CommitMark(m.Id, m.Version + version - queue.Base - 1))],
        Changes = changes,
    };

    private async ValueTask MarkAsync(HeldLease lease, SealedPatch patch, ColdHistoryRetention? history = null)
    {
        var queue = lease.Queue!;
        var result = await _cold.CommitAsync(
            new ColdCommit
            {
                Session = queue.Session,
                Incarnation = queue.Incarnation,
                Epoch = lease.Ref.Epoch,
                SeenVersion = queue.Base,
                SealedWith = queue.DataKeys[0].Id,
                Rollback = RollbackChange.Set,
                History = history ?? _history,
                Patches = [patch],
            },
            CancellationToken.None).ConfigureAwait(false);
        if (result.Status is ColdCommitStatus.Committed)
            return;
        throw NotHeldAnyMore(lease, result.Epoch);
    }

    /// <summary>Clears the mark, by a commit that changes nothing else.</summary>
    internal ValueTask AcknowledgeRollbackAsync(AuthSessionId session, SessionState state, HeldLease? lease, CancellationToken cancellationToken) =>
        _audit.RunAsync(_audit.About(AuditKind.RollbackAcknowledged, session), () => AcknowledgeRecordedAsync(session, state, lease, cancellationToken), cancellationToken);

    private async ValueTask AcknowledgeRecordedAsync(AuthSessionId session, SessionState state, HeldLease? lease, CancellationToken cancellationToken)
    {
        await state.Commits.EnterAsync(new PendingCommit(patch: null, mayJoin: false), cancellationToken).ConfigureAwait(false);
        try
        {
            await ResolveAsync(session, state, next: null, cancellationToken).ConfigureAwait(false);
            var (cold, keys) = await AskColdWithKeysAsync(session, state, [], shown: true, cancellationToken).ConfigureAwait(false);
            if (cold.Head is not { } head)
                return;

            // What was repeated just now may have been taken without this lease, whose queue then does not know of it.
            if (lease is not null && lease != state.Lease)
                throw new FencedException(session, lease.Ref.Epoch, state.Lease?.Ref.Epoch ?? 0);
            var queue = lease?.Queue;
            var commit = new ColdCommit
            {
                Session = session,

                // Whoever queues knows one life of the session, and it may have been deleted and begun again by others.
                Incarnation = queue?.Incarnation ?? head.Incarnation,
                Epoch = lease?.Ref.Epoch ?? 0,
                SeenVersion = queue?.Base ?? head.Version,
                SealedWith = keys!.Newest.Id,
                Rollback = RollbackChange.Clear,
                History = _history,
                Patches = [new SealedPatch { CommitId = CommitId.New(), Predecessor = queue?.End, Version = queue?.End + 1 ?? 0, Changes = [] }],
            };
            var step = new SealedStep(commit, keys, lease, [[]]);
            var begun = _time.GetUtcNow();
            var sent = await SendAsync(session, state, step, Durability.Persisted, cancellationToken).ConfigureAwait(false);
            if (sent.Result.Status != ColdCommitStatus.Committed)
                throw Refusal(session, state, commit, sent.Result);
            await FinishAsync(state, step, sent, begun).ConfigureAwait(false);
            state.RolledBackAt = 0;
            Log.RollbackAcknowledged(_logger, session);
        }
        finally
        {
            state.Commits.Leave();
        }
    }

    private StoreUnavailableException NotDrainedYet(AuthSessionId session, HeldQueue queue) => new(
        _cold.Name, $"Session {session} has {queue.Backlog.Entries} queued commits that the cold tier {_cold.Name} could not take now. They stay in hot.")
    {
        Session = session,
    };
}
