using HybridStore.Coordination;
using HybridStore.Diagnostics;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    /// <summary>Repeats a commit whose outcome is unknown, so that the next one is built on what is known (protocol rule 6).</summary>
    /// <param name="session">The session.</param>
    /// <param name="state">What is remembered of it.</param>
    /// <param name="next">What is to be committed after it; <see langword="null"/>: something that is no patch.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    private async ValueTask ResolveAsync(AuthSessionId session, SessionState state, AuthPatch? next, CancellationToken cancellationToken)
    {
        if (state.Unresolved is not { } unresolved)
            return;
        var last = unresolved.Commit.Patches[^1].CommitId;
        SentStep sent;
        var begun = _time.GetUtcNow();
        try
        {
            // Wherever it gets through: under a lease that queues it has its place in the session's order already, in either tier.
            sent = await SendAsync(session, state, unresolved, Durability.PersistedElseQueued, cancellationToken).ConfigureAwait(false);
        }
        catch (CommitOutcomeUnknownException e)
        {
            if (next is not null && unresolved.Commit.Patches.Any(p => p.CommitId == next.CommitId))
                throw new CommitOutcomeUnknownException(session, next.CommitId, e.InnerException);
            throw new StoreUnavailableException(
                _cold.Name, $"Session {session} takes nothing while the outcome of its commit {last} is unknown. Nothing was changed by this call.", e)
            {
                Session = session,
            };
        }

        var result = sent.Result;
        Log.CommitResolved(_logger, session, last, result.Status);
        if (result.Status == ColdCommitStatus.WentBack)
            throw WentBack(session, state, new SeenMark(result.Incarnation, result.Version), state.Seen);
        if (result.Status == ColdCommitStatus.Committed && unresolved.Lease?.Queue is not null)
            await FinishAsync(state, unresolved, sent, begun).ConfigureAwait(false);
        else if (result.Status is ColdCommitStatus.Committed or ColdCommitStatus.Repeated)
            state.TryObserve(new SeenMark(result.Incarnation, result.Version), shown: true);
        state.Resume();
        if (unresolved.Lease?.Queue is null)
            await EvictAsync(session).ConfigureAwait(false);
    }

    /// <summary>Brings what a tier has committed to the tiers above it, in order.</summary>
    private async ValueTask FinishAsync(SessionState state, SealedStep step, SentStep sent, DateTimeOffset begun)
    {
        var result = sent.Result;
        state.SetKeys(step.Keys);
        state.TryObserve(new SeenMark(result.Incarnation, result.Version), shown: true);
        if (sent.Outcome == CommitOutcome.Persisted)
        {
            state.ObserveInCold(new SeenMark(result.Incarnation, result.Version));
            var previous = result.PreviousVersion;
            var answers = true;
            for (var i = 0; i < step.Commit.Patches.Count; i++)
            {
                var version = result.PreviousVersion + 1 + i;
                answers = await ApplyAsync(step, step.Commit.Patches[i], previous, version, result, begun).ConfigureAwait(false);
                previous = version;
            }

            // Who may queue vouches for hot from the beginning, and not only once something is queued: others read, and take over, by that.
            if (answers && step.Lease is { Queue: not null } lease)
                await KeepInHotAsync(lease, coldMayBeAhead: false).ConfigureAwait(false);
        }

        // Here at last, and in one go: readers of this process see all of the step or nothing of it.
        state.Apply(result, step);
    }

    /// <summary>Drops what this process and hot hold of a session.</summary>
    private async ValueTask ForgetAsync(AuthSessionId session, SessionState state, SeenMark mark)
    {
        state.TryObserve(mark, shown: true);
        state.Resume();
        await EvictAsync(session).ConfigureAwait(false);
    }

    /// <returns>Whether hot answers.</returns>
    private async ValueTask<bool> ApplyAsync(
        SealedStep step, SealedPatch patch, long previous, long version, ColdCommitResult result, DateTimeOffset begun)
    {
        if (_hot is null)
            return false;
        if (HotRefuses(step.Commit.Session))
        {
            step.Lease?.Queue?.Vouch(null);
            return false;
        }

        var apply = new HotApply
        {
            Session = step.Commit.Session,
            PreviousVersion = previous,
            CommitId = patch.CommitId,
            Changes = patch.Changes,
            Meta = new HotMeta
            {
                Incarnation = result.Incarnation,
                Version = version,
                Epoch = result.Epoch,
                RunId = _hot.RunId,
                GoodUntil = begun + _maxStaleness,
            },
        };
        try
        {
            var applied = await _hot.ApplyAsync(apply, CancellationToken.None).ConfigureAwait(false);
            if (step.Lease?.Queue is { } queue)
            {
                if (applied)
                    queue.Tell(version);
                else
                    queue.Vouch(null);
            }

            return true;
        }
        catch (StoreUnavailableException e)
        {
            step.Lease?.Queue?.Vouch(null);

            // Kept in cold, so it is acknowledged. Hot is behind what was seen, and is therefore not believed here; elsewhere no longer than its good-until.
            HotFailed(e, "apply");
            return false;
        }
    }

    private AuthStoreException Refusal(AuthSessionId session, SessionState state, ColdCommit commit, ColdCommitResult result)
    {
        switch (result.Status)
        {
            case ColdCommitStatus.Conflict:
                // Somebody else may have committed: what is known of the session moves on, so that the caller's next read is not answered from before it.
                if (result.Version > 0)
                    state.TryObserve(new SeenMark(result.Incarnation, result.Version), shown: true);
                var conflict = result.Conflict!;
                return new CommitConflictException(session, conflict.Key, conflict.Expected, conflict.Actual);

            case ColdCommitStatus.Fenced:
                if (state.Lease is { } fenced && fenced.Ref.Epoch == commit.Epoch)
                    _leases.Lose(fenced);
                return new FencedException(session, commit.Epoch, result.Epoch);

            case ColdCommitStatus.IncarnationEnded:
                state.TryObserve(
                    result.Incarnation > commit.Incarnation ? new SeenMark(result.Incarnation, result.Version) : SeenMark.EndOf(commit.Incarnation),
                    shown: false);
                if (state.Lease is { } ended && ended.Ref.Epoch == commit.Epoch)
                    _leases.Lose(ended);
                return new IncarnationEndedException(session, commit.Incarnation);

            case ColdCommitStatus.WentBack:
                return WentBack(session, state, new SeenMark(result.Incarnation, result.Version), state.Seen);

            case ColdCommitStatus.DataKeyChanged:
                return new StoreUnavailableException(
                    _cold.Name, $"The data key of session {session} changed {MaxAttempts} times while one commit was made. Nothing was changed.")
                {
                    Session = session,
                };

            default:
                throw new InvalidOperationException($"A commit of session {session} that names no predecessor ended as {result.Status}.");
        }
    }
}
