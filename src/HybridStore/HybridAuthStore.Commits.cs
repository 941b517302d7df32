using HybridStore.Codec;
using HybridStore.Coordination;
using HybridStore.Diagnostics;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
    // A commit is sealed anew when another process created the session or rotated its key in the meantime; each time needs another such event.
    private const int MaxSealings = 4;

    /// <inheritdoc/>
    public async ValueTask<CommitReceipt> CommitAsync(AuthSessionId session, AuthPatch patch, CancellationToken cancellationToken = default)
    {
        Check(session);
        ArgumentNullException.ThrowIfNull(patch);
        if (patch.Changes.Count == 0)
            throw new InvalidAuthInputException(AuthInputPart.Patch, AuthInputFault.Empty, "The patch changes nothing.") { Session = session };
        patch.Freeze();
        await InitializeAsync(cancellationToken).ConfigureAwait(false);

        var state = StateOf(session);
        await state.CommitGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (state.Unresolved is { } unresolved && unresolved.Patches[^1].CommitId != patch.CommitId)
                await ResolveAsync(state, unresolved, cancellationToken).ConfigureAwait(false);

            // No lease yet means no queue (protocol rule 2): every commit is write-through, and cold alone assigns versions.
            var route = CommitDecision.Decide(DurabilityPolicy.Of(patch), coldIsUp: true, hotIsUp: _hot is not null, mayQueue: false);
            return route == CommitRoute.Persist
                ? await PersistAsync(session, state, patch, cancellationToken).ConfigureAwait(false)
                : throw new InvalidOperationException($"A commit without a lease was routed to {route}.");
        }
        finally
        {
            state.CommitGate.Release();
        }
    }

    private async ValueTask<CommitReceipt> PersistAsync(
        AuthSessionId session, SessionState state, AuthPatch patch, CancellationToken cancellationToken)
    {
        for (var sealing = 1; ; sealing++)
        {
            var (commit, keys) = await SealAsync(session, state, patch, cancellationToken).ConfigureAwait(false);
            var begun = _time.GetUtcNow();
            var result = await SendAsync(session, state, commit, cancellationToken).ConfigureAwait(false);
            switch (result.Status)
            {
                case ColdCommitStatus.Committed:
                    state.SetKeys(keys);
                    state.TryObserve(new SeenMark(result.Incarnation, result.Version), shown: true);
                    await ApplyAsync(commit, result, begun).ConfigureAwait(false);
                    return Receipt(patch, result, isRepeat: false);

                case ColdCommitStatus.Repeated:
                    state.TryObserve(new SeenMark(result.Incarnation, result.Version), shown: true);
                    return Receipt(patch, result, isRepeat: true);

                case ColdCommitStatus.DataKeyChanged when sealing < MaxSealings:
                    state.SetKeys(null);
                    continue;

                default:
                    throw Refusal(session, state, commit, result);
            }
        }
    }

    private static CommitReceipt Receipt(AuthPatch patch, ColdCommitResult result, bool isRepeat) =>
        new(patch.CommitId, result.Incarnation, result.Version, CommitOutcome.Persisted, isRepeat);

    /// <summary>Seals a patch for the life of the session that is known here, or that cold names, or for a new one.</summary>
    private async ValueTask<(ColdCommit Commit, SessionKeys Keys)> SealAsync(
        AuthSessionId session, SessionState state, AuthPatch patch, CancellationToken cancellationToken)
    {
        var seen = state.Seen;
        WrappedDataKey? created = null;
        if (seen.IsEnd || state.KeysOf(seen.Incarnation) is not { } keys)
            (keys, created) = await FindOrCreateKeysAsync(session, state, patch, cancellationToken).ConfigureAwait(false);

        if (patch.Incarnation is { } bound && bound != keys.Incarnation)
            throw new IncarnationEndedException(session, bound);
        patch.Bind(keys.Incarnation);

        var changes = new SealedChange[patch.Changes.Count];
        var i = 0;
        foreach (var change in patch.Changes)
        {
            changes[i++] = new SealedChange(
                change.Key, change.Value is { } value ? _codec.Seal(session, change.Key, keys.Newest, value.Span) : (ReadOnlyMemory<byte>?)null);
        }

        seen = state.Seen;
        var commit = new ColdCommit
        {
            Session = session,
            Incarnation = keys.Incarnation,
            SeenVersion = seen.Incarnation == keys.Incarnation && !seen.IsEnd ? seen.Version : 0,
            SealedWith = keys.Newest.Id,
            NewDataKey = created,
            Patches =
            [
                new SealedPatch
                {
                    CommitId = patch.CommitId,
                    Changes = changes,
                    Expectations = [.. patch.Expectations],
                    ExpectedSessionVersion = patch.ExpectedSessionVersion,
                },
            ],
        };
        return (commit, keys);
    }

    private async ValueTask<(SessionKeys Keys, WrappedDataKey? Created)> FindOrCreateKeysAsync(
        AuthSessionId session, SessionState state, AuthPatch patch, CancellationToken cancellationToken)
    {
        var shown = patch.ExpectedSessionVersion == 0;
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
            var result = await _cold.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
            state.Unresolved = null;
            return result;
        }
        catch (CommitOutcomeUnknownException e)
        {
            var commitId = commit.Patches[^1].CommitId;
            Log.CommitOutcomeUnknown(_logger, e, session, commitId);
            state.Unresolved = commit;

            // Hot may now be behind cold: what it has is not believed until the outcome is known.
            await EvictAsync(session).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Repeats a commit whose outcome is unknown, so that the next one is built on what is known (protocol rule 6).</summary>
    private async ValueTask ResolveAsync(SessionState state, ColdCommit unresolved, CancellationToken cancellationToken)
    {
        var session = unresolved.Session;
        var result = await SendAsync(session, state, unresolved, cancellationToken).ConfigureAwait(false);
        Log.CommitResolved(_logger, session, unresolved.Patches[^1].CommitId, result.Status);
        if (result.Status is ColdCommitStatus.Committed or ColdCommitStatus.Repeated)
            state.TryObserve(new SeenMark(result.Incarnation, result.Version), shown: true);
        await EvictAsync(session).ConfigureAwait(false);
    }

    private async ValueTask ApplyAsync(ColdCommit commit, ColdCommitResult result, DateTimeOffset begun)
    {
        var patch = commit.Patches[^1];
        if (_hot is null)
            return;
        var apply = new HotApply
        {
            Session = commit.Session,
            PreviousVersion = result.PreviousVersion,
            CommitId = patch.CommitId,
            Changes = patch.Changes,
            Meta = new HotMeta
            {
                Incarnation = result.Incarnation,
                Version = result.Version,
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
                return new FencedException(session, commit.Epoch, result.Epoch);

            case ColdCommitStatus.IncarnationEnded:
                state.TryObserve(
                    result.Incarnation > commit.Incarnation ? new SeenMark(result.Incarnation, result.Version) : SeenMark.EndOf(commit.Incarnation),
                    shown: false);
                return new IncarnationEndedException(session, commit.Incarnation);

            case ColdCommitStatus.WentBack:
                return WentBack(session, new SeenMark(result.Incarnation, result.Version), state.Seen);

            case ColdCommitStatus.DataKeyChanged:
                return new StoreUnavailableException(
                    _cold.Name, $"The data key of session {session} changed {MaxSealings} times while one commit was made. Nothing was changed.")
                {
                    Session = session,
                };

            default:
                throw new InvalidOperationException($"A commit of session {session} that names no predecessor ended as {result.Status}.");
        }
    }
}
