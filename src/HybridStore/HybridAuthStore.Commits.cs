using System.Runtime.CompilerServices;
using HybridStore.Coordination;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    // A commit is made anew when another process created the session, rotated its key or saved credentials in the meantime; each time needs another such event.
    private const int MaxAttempts = 4;

    // Others that save credentials without a lease can come first this often; each time, one of them has got on.
    private const int MaxGuardedAttempts = 64;

    /// <inheritdoc/>
    public ValueTask<CommitReceipt> CommitAsync(AuthSessionId session, AuthPatch patch, CancellationToken cancellationToken = default)
    {
        Check(session);
        return CommitAsync(session, lease: null, patch, cancellationToken);
    }

    /// <summary>Commits for a handle that demands its lease, or for whoever comes, as far as the tenant's limits let it.</summary>
    internal ValueTask<CommitReceipt> CommitAsync(AuthSessionId session, HeldLease? lease, AuthPatch patch, CancellationToken cancellationToken) =>
        _tenantLimiters.Limits(session) && patch is { IsOfTheLibrary: false }
            ? CommitWithinLimitsAsync(session, lease, patch, cancellationToken)
            : CommitAdmittedAsync(session, lease, patch, cancellationToken);

    private async ValueTask<CommitReceipt> CommitWithinLimitsAsync(AuthSessionId session, HeldLease? lease, AuthPatch patch, CancellationToken cancellationToken)
    {
        await InitializeAsync(cancellationToken).ConfigureAwait(false);

        // Before the patch is frozen: one that is refused was never committed.
        using var admission = await _tenantLimiters.AdmitAsync(session, patch, cancellationToken).ConfigureAwait(false);
        return await CommitAdmittedAsync(session, lease, patch, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<CommitReceipt> CommitAdmittedAsync(AuthSessionId session, HeldLease? lease, AuthPatch patch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(patch);
        if (patch.Changes.Count == 0)
            throw new InvalidAuthInputException(AuthInputPart.Patch, AuthInputFault.Empty, "The patch changes nothing.") { Session = session };
        if (!patch.IsOfTheLibrary)
        {
            foreach (var change in patch.ChangeValues)
                RefuseReserved(session, change.Key);
        }

        var isFresh = patch.Freeze();
        await InitializeAsync(cancellationToken).ConfigureAwait(false);

        var state = StateOf(session);
        var pending = new PendingCommit(patch, mayJoin: isFresh && StandsAlone(patch) && state.Damaged.IsClear(patch)) { Lease = lease, IsFresh = isFresh };
        if (await state.Commits.EnterAsync(pending, cancellationToken).ConfigureAwait(false) is { } receipt)
            return receipt;
        try
        {
            await ResolveAsync(session, state, patch, cancellationToken).ConfigureAwait(false);
            var others = state.Commits.TakeAlong(pending);
            return others.Count == 0
                ? await CommitOneAsync(session, state, pending, cancellationToken).ConfigureAwait(false)
                : await CommitTogetherAsync(session, state, pending, others, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            state.Commits.Leave();
        }
    }

    // What depends on the session as a whole, or has rules of its own, would bring down the others that it was joined with.
    private static bool StandsAlone(AuthPatch patch) =>
        patch.ExpectedSessionVersion is null && patch.Incarnation is null && !patch.ReplacesDamaged && !patch.TryGetChange(AuthKey.Creds, out _);

    /// <summary>Commits several patches in one step, or, where that is refused, one after the other, so that each gets its own verdict.</summary>
    private async ValueTask<CommitReceipt> CommitTogetherAsync(
        AuthSessionId session, SessionState state, PendingCommit leader, IReadOnlyList<PendingCommit> others, CancellationToken cancellationToken)
    {
        PendingCommit[] batch = [leader, .. others];
        SentStep sent;
        bool together;
        try
        {
            var step = await SealAsync(session, state, batch, guard: null, cancellationToken).ConfigureAwait(false);
            var begun = _time.GetUtcNow();
            sent = await SendAsync(session, state, step, StrictestOf(batch), cancellationToken).ConfigureAwait(false);
            together = sent.Result.Status == ColdCommitStatus.Committed && sent.Result.Version - sent.Result.PreviousVersion == batch.Length;
            if (together)
            {
                await FinishAsync(state, step, sent, begun).ConfigureAwait(false);
            }
            else if (sent.Result.Status is ColdCommitStatus.Committed or ColdCommitStatus.Repeated)
            {
                // Some were there already. What came of each is asked below; what this process holds is not known to be right.
                await ForgetAsync(session, state, new SeenMark(sent.Result.Incarnation, sent.Result.Version)).ConfigureAwait(false);
            }
        }
        catch (CommitOutcomeUnknownException e)
        {
            foreach (var other in others)
                other.Fail(new CommitOutcomeUnknownException(session, other.Patch!.CommitId, e.InnerException));
            throw new CommitOutcomeUnknownException(session, leader.Patch!.CommitId, e.InnerException);
        }
        catch (OperationCanceledException)
        {
            // The one who led gave up; the others did not.
            await CommitEachAsync(session, state, others).ConfigureAwait(false);
            throw;
        }
        catch (Exception e)
        {
            // Whatever happens to the one who leads: nobody else is to wait for ever.
            foreach (var other in others)
                other.Fail(e);
            throw;
        }

        if (together)
        {
            for (var i = 1; i < batch.Length; i++)
                batch[i].Complete(Receipt(batch[i].Patch!, sent, sent.Result.PreviousVersion + 1 + i));
            return Receipt(leader.Patch!, sent, sent.Result.PreviousVersion + 1);
        }

        try
        {
            return await CommitOneAsync(session, state, leader, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await CommitEachAsync(session, state, others).ConfigureAwait(false);
        }
    }

    private async ValueTask CommitEachAsync(AuthSessionId session, SessionState state, IReadOnlyList<PendingCommit> pendings)
    {
        foreach (var pending in pendings)
        {
            try
            {
                await ResolveAsync(session, state, pending.Patch!, CancellationToken.None).ConfigureAwait(false);
                pending.Complete(await CommitOneAsync(session, state, pending, CancellationToken.None).ConfigureAwait(false));
            }
#pragma warning disable CA1031 // It is somebody else's outcome, whatever it is: they are told.
            catch (Exception e)
#pragma warning restore CA1031
            {
                pending.Fail(e);
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<CommitReceipt> CommitOneAsync(
        AuthSessionId session, SessionState state, PendingCommit pending, CancellationToken cancellationToken)
    {
        var patch = pending.Patch!;
        for (var attempt = 1; ; attempt++)
        {
            // Under a lease that queues, this process knows the last commits: what comes again is recognised before it is looked at.
            var lease = state.Lease;
            if (lease?.Queue is { } queue && queue.Find(patch.CommitId) is var made and > 0)
            {
                // What was to be persisted may have been queued when its outcome was found out.
                if (made > queue.Base && _durability.Of(patch) == Durability.Persisted)
                    await DrainHeldAsync(session, state).ConfigureAwait(false);
                return new CommitReceipt(patch.CommitId, queue.Incarnation, made, made > queue.Base ? CommitOutcome.Queued : CommitOutcome.Persisted, IsRepeat: true);
            }

            var guard = await GuardIdentityAsync(session, state, pending, cancellationToken).ConfigureAwait(false);
            var damaged = await InspectAsync(session, state, pending, cancellationToken).ConfigureAwait(false);
            var step = await SealAsync(session, state, [pending], guard, cancellationToken, damaged).ConfigureAwait(false);

            // Opened meanwhile: only this process, and no tier that was asked for this commit, may know it then.
            if (step.Lease != lease)
                continue;
            var begun = _time.GetUtcNow();
            var sent = await SendAsync(session, state, step, _durability.Of(patch), cancellationToken).ConfigureAwait(false);
            var result = sent.Result;
            switch (result.Status)
            {
                case ColdCommitStatus.Committed:
                    await FinishAsync(state, step, sent, begun).ConfigureAwait(false);
                    if (damaged is not null)
                        Quarantined(session, state, damaged);
                    return Receipt(patch, sent, result.Version);

                case ColdCommitStatus.Repeated:
                    state.TryObserve(new SeenMark(result.Incarnation, result.Version), shown: true);
                    return Receipt(patch, sent, result.Version) with { IsRepeat = true };

                case ColdCommitStatus.DataKeyChanged when attempt < MaxAttempts:
                    state.SetKeys(null);
                    continue;

                // What is damaged was replaced by another process in between: it is looked at anew.
                case ColdCommitStatus.Conflict when damaged is not null && attempt < MaxAttempts && result.Conflict?.Key is { } changed
                    && !patch.Expects(changed) && damaged.Any(d => d.Key == changed):
                    continue;

                case ColdCommitStatus.Conflict when guard is not null && result.Conflict!.Key == AuthKey.Creds && !patch.Expects(AuthKey.Creds):
                    if (guard.Refusal is { } refusal)
                        throw refusal;
                    if (attempt < MaxGuardedAttempts)
                        continue;
                    throw new StoreUnavailableException(
                        _cold.Name, $"The credentials of session {session} were changed {MaxGuardedAttempts} times by others while one commit of them was made. Nothing was changed.")
                    {
                        Session = session,
                    };

                case ColdCommitStatus.Conflict when ShowsThatTheLeaseIsOver(step, patch, result) && attempt < MaxAttempts:
                    _leases.Lose(step.Lease!);
                    continue;

                default:
                    throw Refusal(session, state, step.Commit, result);
            }
        }
    }

    /// <summary>Whether what was left out as unchanged is not so any more: somebody has written without a lease, which nobody can while one is held.</summary>
    private static bool ShowsThatTheLeaseIsOver(SealedStep step, AuthPatch patch, ColdCommitResult result) =>
        step.Lease is { Queue: null } && result.Conflict?.Key is { } key && !patch.Expects(key);

    private Durability StrictestOf(PendingCommit[] batch)
    {
        var strictest = Durability.Queued;
        foreach (var pending in batch)
        {
            var durability = _durability.Of(pending.Patch!);
            if (durability > strictest)
                strictest = durability;
        }

        return strictest;
    }

    private static CommitReceipt Receipt(AuthPatch patch, in SentStep sent, long version) =>
        new(patch.CommitId, sent.Result.Incarnation, version, sent.Outcome, IsRepeat: false);
}
