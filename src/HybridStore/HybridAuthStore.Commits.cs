using HybridStore.Coordination;
using HybridStore.Diagnostics;
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

    /// <summary>Commits for a handle that demands its lease, or for whoever comes.</summary>
    internal async ValueTask<CommitReceipt> CommitAsync(AuthSessionId session, HeldLease? lease, AuthPatch patch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(patch);
        if (patch.Changes.Count == 0)
            throw new InvalidAuthInputException(AuthInputPart.Patch, AuthInputFault.Empty, "The patch changes nothing.") { Session = session };
        var isFresh = patch.Freeze();
        await InitializeAsync(cancellationToken).ConfigureAwait(false);

        var state = StateOf(session);
        var pending = new PendingCommit(patch, mayJoin: isFresh && StandsAlone(patch)) { Lease = lease, IsFresh = isFresh };
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
        patch.ExpectedSessionVersion is null && patch.Incarnation is null && !patch.TryGetChange(AuthKey.Creds, out _);

    /// <summary>Commits several patches in one step, or, where that is refused, one after the other, so that each gets its own verdict.</summary>
    private async ValueTask<CommitReceipt> CommitTogetherAsync(
        AuthSessionId session, SessionState state, PendingCommit leader, IReadOnlyList<PendingCommit> others, CancellationToken cancellationToken)
    {
        PendingCommit[] batch = [leader, .. others];
        SealedStep step;
        ColdCommitResult result;
        DateTimeOffset begun;
        try
        {
            step = await SealAsync(session, state, batch, guard: null, cancellationToken).ConfigureAwait(false);
            begun = _time.GetUtcNow();
            result = await SendAsync(session, state, step.Commit, cancellationToken).ConfigureAwait(false);
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
            Fail(others, e);
            throw;
        }

        if (result.Status == ColdCommitStatus.Committed && result.Version - result.PreviousVersion == batch.Length)
        {
            try
            {
                await FinishAsync(state, step, result, begun).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Fail(others, e);
                throw;
            }

            for (var i = 1; i < batch.Length; i++)
                batch[i].Complete(Receipt(batch[i].Patch!, result.Incarnation, result.PreviousVersion + 1 + i, isRepeat: false));
            return Receipt(leader.Patch!, result.Incarnation, result.PreviousVersion + 1, isRepeat: false);
        }

        if (result.Status is ColdCommitStatus.Committed or ColdCommitStatus.Repeated)
        {
            // Some were there already. What came of each is asked below; what this process holds is not known to be right.
            try
            {
                await ForgetAsync(session, state, new SeenMark(result.Incarnation, result.Version)).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Fail(others, e);
                throw;
            }
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

    // Whatever happens to the one who leads: nobody else is to wait for ever.
    private static void Fail(IReadOnlyList<PendingCommit> others, Exception exception)
    {
        foreach (var other in others)
            other.Fail(exception);
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

    private async ValueTask<CommitReceipt> CommitOneAsync(
        AuthSessionId session, SessionState state, PendingCommit pending, CancellationToken cancellationToken)
    {
        var patch = pending.Patch!;
        for (var attempt = 1; ; attempt++)
        {
            var guard = await GuardIdentityAsync(session, state, pending, cancellationToken).ConfigureAwait(false);
            var step = await SealAsync(session, state, [pending], guard, cancellationToken).ConfigureAwait(false);
            var begun = _time.GetUtcNow();
            var result = await SendAsync(session, state, step.Commit, cancellationToken).ConfigureAwait(false);
            switch (result.Status)
            {
                case ColdCommitStatus.Committed:
                    await FinishAsync(state, step, result, begun).ConfigureAwait(false);
                    return Receipt(patch, result.Incarnation, result.Version, isRepeat: false);

                case ColdCommitStatus.Repeated:
                    state.TryObserve(new SeenMark(result.Incarnation, result.Version), shown: true);
                    return Receipt(patch, result.Incarnation, result.Version, isRepeat: true);

                case ColdCommitStatus.DataKeyChanged when attempt < MaxAttempts:
                    state.SetKeys(null);
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

                default:
                    throw Refusal(session, state, step.Commit, result);
            }
        }
    }

    private static CommitReceipt Receipt(AuthPatch patch, long incarnation, long version, bool isRepeat) =>
        new(patch.CommitId, incarnation, version, CommitOutcome.Persisted, isRepeat);

    /// <summary>Checks what a patch does to the credentials (protocol rule 7: what was checked is enforced by the version it was checked at).</summary>
    private async ValueTask<IdentityCheck?> GuardIdentityAsync(
        AuthSessionId session, SessionState state, PendingCommit pending, CancellationToken cancellationToken)
    {
        var patch = pending.Patch!;
        if (!_guard.IsOn || patch.AllowsIdentityChange || !patch.TryGetChange(AuthKey.Creds, out var change))
            return null;
        var current = state.Lease is not null && state.TryGet(AuthKey.Creds, out var held)
            ? held.Record
            : (await ReadColdAsync(session, state, [AuthKey.Creds], hot: null, shown: false, cancellationToken).ConfigureAwait(false))[0];
        if (!current.Exists)
            return new IdentityCheck(0, null);
        try
        {
            _guard.Check(session, current.Value, change.Value);
            return new IdentityCheck(current.Version, null);
        }
        catch (IdentityOverwriteException e) when (!pending.IsFresh)
        {
            // A repeat may come after a later change that was allowed: the tier knows it by its commit id before it looks at what can't be true.
            return new IdentityCheck(long.MaxValue, e);
        }
    }

    /// <summary>Seals patches for the life of the session that is known here, or that cold names, or for a new one.</summary>
    private async ValueTask<SealedStep> SealAsync(
        AuthSessionId session, SessionState state, PendingCommit[] batch, IdentityCheck? guard, CancellationToken cancellationToken)
    {
        var first = batch[0].Patch!;
        var lease = state.Lease;
        foreach (var pending in batch)
        {
            if (pending.Lease is { } demanded && demanded != lease)
                throw new FencedException(session, demanded.Ref.Epoch, lease?.Ref.Epoch ?? 0);
        }

        var seen = state.Seen;
        Codec.WrappedDataKey? created = null;
        if (!state.EndWasShown && !KnowsOfTheEnd(first, seen))
            throw new IncarnationEndedException(session, first.Incarnation ?? (seen.IsEnd ? seen.Incarnation : seen.Incarnation - 1));
        if (seen.IsEnd || first.Incarnation > seen.Incarnation || state.KeysOf(seen.Incarnation) is not { } keys)
            (keys, created) = await FindOrCreateKeysAsync(session, state, first, cancellationToken).ConfigureAwait(false);
        if (first.Incarnation is { } bound && bound != keys.Incarnation)
            throw new IncarnationEndedException(session, bound);

        var patches = new SealedPatch[batch.Length];
        var changed = new IReadOnlyList<AuthRecord>[batch.Length];
        var touched = batch.Length > 1 ? new HashSet<AuthKey>() : null;
        for (var i = 0; i < patches.Length; i++)
        {
            var patch = batch[i].Patch!;
            patch.Bind(keys.Incarnation);
            (patches[i], changed[i]) = Seal(session, state, patch, keys, lease is not null, touched, guard);
        }

        seen = state.Seen;
        var commit = new ColdCommit
        {
            Session = session,
            Incarnation = keys.Incarnation,
            Epoch = lease?.Ref.Epoch ?? 0,
            SeenVersion = seen.Incarnation == keys.Incarnation && !seen.IsEnd ? seen.Version : 0,
            SealedWith = keys.Newest.Id,
            NewDataKey = created,
            Patches = patches,
        };
        return new SealedStep(commit, keys, lease, changed);
    }

    private (SealedPatch Patch, IReadOnlyList<AuthRecord> Changed) Seal(
        AuthSessionId session, SessionState state, AuthPatch patch, SessionKeys keys, bool holds, HashSet<AuthKey>? touched, IdentityCheck? guard)
    {
        var changes = new List<SealedChange>(patch.Changes.Count);
        var changed = new List<AuthRecord>(holds ? patch.Changes.Count : 0);
        foreach (var change in patch.Changes)
        {
            // Known to be so already: not written again, and it keeps its version. The commit id is kept all the same.
            if (touched?.Add(change.Key) != false && holds && IsUnchanged(state, change))
                continue;
            changes.Add(new SealedChange(
                change.Key, change.Value is { } value ? _codec.Seal(session, change.Key, keys.Newest, value.Span) : (ReadOnlyMemory<byte>?)null));

            // The caller's bytes are the caller's again after the commit: what is held for readers is a copy. The version is known only then.
            if (holds)
                changed.Add(change.Value is { } kept ? AuthRecord.Found(change.Key, long.MaxValue, kept.ToArray()) : AuthRecord.Absent(change.Key));
        }

        List<AuthExpectation> expectations = [.. patch.Expectations];
        if (guard is not null && !patch.Expectations.Contains(new AuthExpectation(AuthKey.Creds, guard.Version)))
            expectations.Add(new AuthExpectation(AuthKey.Creds, guard.Version));
        var sealedPatch = new SealedPatch
        {
            CommitId = patch.CommitId,
            Changes = changes,
            Expectations = expectations,
            ExpectedSessionVersion = patch.ExpectedSessionVersion,
        };
        return (sealedPatch, changed);
    }

    private static bool IsUnchanged(SessionState state, in AuthChange change)
    {
        if (!state.TryGet(change.Key, out var held))
            return false;
        return change.Value is { } value ? held.Record.Exists && held.Record.Value.Span.SequenceEqual(value.Span) : !held.Record.Exists;
    }

    // Who expects no session, or names the life that is there or a later one, knows that what was before is over.
    private static bool KnowsOfTheEnd(AuthPatch patch, SeenMark seen) =>
        patch.ExpectedSessionVersion == 0 || patch.Incarnation > seen.Incarnation || (patch.Incarnation == seen.Incarnation && !seen.IsEnd);

    private async ValueTask<(SessionKeys Keys, Codec.WrappedDataKey? Created)> FindOrCreateKeysAsync(
        AuthSessionId session, SessionState state, AuthPatch patch, CancellationToken cancellationToken)
    {
        var shown = KnowsOfTheEnd(patch, state.Seen);
        var cold = await AskColdAsync(session, state, [], withDataKeys: true, shown, cancellationToken).ConfigureAwait(false);
        if (!state.EndWasShown)
            throw new IncarnationEndedException(session, patch.Incarnation ?? cold.LastEndedIncarnation);
        if (cold.Head is { } head)
            return (Unwrap(session, state, head, cold.DataKeys), null);

        var incarnation = cold.LastEndedIncarnation + 1;
        var (key, wrapped) = _wrapper.Create(session, incarnation);
        return (new SessionKeys(incarnation, [key]), wrapped);
    }

    private async ValueTask<ColdCommitResult> SendAsync(
        AuthSessionId session, SessionState state, ColdCommit commit, CancellationToken cancellationToken)
    {
        try
        {
            return await _cold.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
        }
        catch (CommitOutcomeUnknownException e)
        {
            Log.CommitOutcomeUnknown(_logger, e, session, commit.Patches[^1].CommitId);
            state.Suspend(commit);

            // Hot may now be behind cold: what it has is not believed until the outcome is known.
            await EvictAsync(session).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Repeats a commit whose outcome is unknown, so that the next one is built on what is known (protocol rule 6).</summary>
    /// <param name="session">The session.</param>
    /// <param name="state">What is remembered of it.</param>
    /// <param name="next">What is to be committed after it; <see langword="null"/>: something that is no patch.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    private async ValueTask ResolveAsync(AuthSessionId session, SessionState state, AuthPatch? next, CancellationToken cancellationToken)
    {
        if (state.Unresolved is not { } unresolved)
            return;
        ColdCommitResult result;
        try
        {
            result = await SendAsync(session, state, unresolved, cancellationToken).ConfigureAwait(false);
        }
        catch (CommitOutcomeUnknownException e)
        {
            if (next is not null && unresolved.Patches.Any(p => p.CommitId == next.CommitId))
                throw new CommitOutcomeUnknownException(session, next.CommitId, e.InnerException);
            throw new StoreUnavailableException(
                _cold.Name, $"Session {session} takes nothing while the outcome of its commit {unresolved.Patches[^1].CommitId} is unknown. Nothing was changed by this call.", e)
            {
                Session = session,
            };
        }

        Log.CommitResolved(_logger, session, unresolved.Patches[^1].CommitId, result.Status);
        if (result.Status == ColdCommitStatus.WentBack)
            throw WentBack(session, state, new SeenMark(result.Incarnation, result.Version), state.Seen);
        if (result.Status is ColdCommitStatus.Committed or ColdCommitStatus.Repeated)
            state.TryObserve(new SeenMark(result.Incarnation, result.Version), shown: true);
        state.Resume();
        await EvictAsync(session).ConfigureAwait(false);
    }

    /// <summary>Brings what cold has committed to the tiers above it, in order.</summary>
    private async ValueTask FinishAsync(SessionState state, SealedStep step, ColdCommitResult result, DateTimeOffset begun)
    {
        state.SetKeys(step.Keys);
        state.TryObserve(new SeenMark(result.Incarnation, result.Version), shown: true);
        var previous = result.PreviousVersion;
        for (var i = 0; i < step.Commit.Patches.Count; i++)
        {
            var version = result.PreviousVersion + 1 + i;
            await ApplyAsync(step.Commit, step.Commit.Patches[i], previous, version, result, begun).ConfigureAwait(false);
            previous = version;
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

    private async ValueTask ApplyAsync(
        ColdCommit commit, SealedPatch patch, long previous, long version, ColdCommitResult result, DateTimeOffset begun)
    {
        if (_hot is null)
            return;
        var apply = new HotApply
        {
            Session = commit.Session,
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
            await _hot.ApplyAsync(apply, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            // Kept in cold, so it is acknowledged. Hot is behind what was seen, and is therefore not believed here; elsewhere no longer than its good-until.
            Log.HotUnavailable(_logger, e, _hot.Name, "apply");
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
