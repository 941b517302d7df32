using HybridStore.Coordination;
using HybridStore.Quarantine;
using HybridStore.Sessions;
using HybridStore.Tiers;

namespace HybridStore;

public sealed partial class HybridAuthStore
{
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
        AuthSessionId session, SessionState state, PendingCommit[] batch, IdentityCheck? guard, CancellationToken cancellationToken, IReadOnlyList<QuarantineEntry>? damaged = null)
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
        if (created is null)
            keys = await ReplaceUsedUpKeyAsync(session, state, keys, cancellationToken).ConfigureAwait(false);
        if (first.Incarnation is { } bound && bound != keys.Incarnation)
            throw new IncarnationEndedException(session, bound);

        var patches = new SealedPatch[batch.Length];
        var changed = new IReadOnlyList<AuthRecord>[batch.Length];
        var touched = batch.Length > 1 ? new HashSet<AuthKey>() : null;

        // Who may queue knows every commit since the lease was taken, and assigns the versions: a step then has its place in either tier, and is harmless in both.
        var queue = lease?.Queue;
        var inQueue = queue?.Incarnation == keys.Incarnation;
        var predecessor = queue is null ? (long?)null : inQueue ? queue.End : 0;
        for (var i = 0; i < patches.Length; i++)
        {
            var patch = batch[i].Patch!;
            patch.Bind(keys.Incarnation);
            (patches[i], changed[i]) = Seal(session, state, patch, keys, lease is not null, touched, guard, predecessor + i, damaged);
        }

        // What was seen in a hot that queues may not be in cold yet, and a writer without the lease is refused there for that reason, and for no other.
        seen = _hot?.Outbox is null ? state.Seen : state.SeenInCold;
        var commit = new ColdCommit
        {
            Session = session,
            Incarnation = keys.Incarnation,
            Epoch = lease?.Ref.Epoch ?? 0,
            SeenVersion = queue is not null ? (inQueue ? queue.Base : 0) : (seen.Incarnation == keys.Incarnation && !seen.IsEnd ? seen.Version : 0),
            SealedWith = keys.Newest.Id,
            NewDataKey = created,
            History = _history,
            Patches = patches,
        };
        return new SealedStep(commit, keys, lease, changed);
    }

    private (SealedPatch Patch, IReadOnlyList<AuthRecord> Changed) Seal(
        AuthSessionId session, SessionState state, AuthPatch patch, SessionKeys keys, bool holds, HashSet<AuthKey>? touched, IdentityCheck? guard, long? predecessor, IReadOnlyList<QuarantineEntry>? damaged)
    {
        var changes = new List<SealedChange>(patch.Changes.Count);
        var changed = new List<AuthRecord>(holds ? patch.Changes.Count : 0);
        List<AuthExpectation>? unchanged = null;
        foreach (var change in patch.ChangeValues)
        {
            // Known to be so already: not written again, and it keeps its version. The commit id is kept all the same.
            if (touched?.Add(change.Key) != false && holds && IsUnchanged(state, change, out var version))
            {
                // A step without a place may arrive when the lease is over, and others have written without one since.
                if (predecessor is null && !patch.Expects(change.Key))
                    (unchanged ??= []).Add(new AuthExpectation(change.Key, version));
                continue;
            }

            changes.Add(new SealedChange(
                change.Key, change.Value is { } value ? _codec.Seal(session, change.Key, keys.Newest, value.Span) : (ReadOnlyMemory<byte>?)null));

            // The caller's bytes are the caller's again after the commit: what is held for readers is a copy. The version is known only then.
            if (holds)
                changed.Add(change.Value is { } kept ? AuthRecord.Found(change.Key, long.MaxValue, kept.ToArray()) : AuthRecord.Absent(change.Key));
        }

        List<AuthExpectation>? expectations = patch.Expectations.Count == 0 && damaged is null && guard is null ? unchanged : [.. patch.Expectations, .. unchanged ?? []];

        // What they replace goes into quarantine in the same step. Without the lease, somebody else may have replaced it meanwhile.
        foreach (var entry in damaged ?? [])
        {
            var value = entry.ToBytes();
            changes.Add(new SealedChange(entry.Place, _codec.SealAsItIs(session, entry.Place, keys.Newest, value)));
            if (holds)
                changed.Add(AuthRecord.Found(entry.Place, long.MaxValue, value));
            else if (!patch.Expects(entry.Key))
                expectations!.Add(new AuthExpectation(entry.Key, entry.Version));
        }

        if (guard is not null && !expectations!.Contains(new AuthExpectation(AuthKey.Creds, guard.Version)))
            expectations!.Add(new AuthExpectation(AuthKey.Creds, guard.Version));
        var sealedPatch = new SealedPatch
        {
            CommitId = patch.CommitId,
            Predecessor = predecessor,
            Version = predecessor + 1 ?? 0,
            Changes = changes,
            Expectations = expectations ?? (IReadOnlyList<AuthExpectation>)[],
            ExpectedSessionVersion = patch.ExpectedSessionVersion,
        };
        return (sealedPatch, changed);
    }

    private static bool IsUnchanged(SessionState state, in AuthChange change, out long version)
    {
        version = 0;
        if (!state.TryGet(change.Key, out var held))
            return false;
        version = held.Record.Version;
        return change.Value is { } value ? held.Record.Exists && held.Record.Value.Span.SequenceEqual(value.Span) : !held.Record.Exists;
    }

    // Who expects no session, or names the life that is there or a later one, knows that what was before is over.
    private static bool KnowsOfTheEnd(AuthPatch patch, SeenMark seen) =>
        patch.ExpectedSessionVersion == 0 || patch.Incarnation > seen.Incarnation || (patch.Incarnation == seen.Incarnation && !seen.IsEnd);

    private async ValueTask<(SessionKeys Keys, Codec.WrappedDataKey? Created)> FindOrCreateKeysAsync(
        AuthSessionId session, SessionState state, AuthPatch patch, CancellationToken cancellationToken)
    {
        var cold = await AskColdAsync(session, state, [], withDataKeys: true, shown: false, cancellationToken).ConfigureAwait(false);

        // By where the session is now: a patch that names a life which has ended meanwhile knows nothing of that.
        var position = ReadDecision.PositionOf(cold.Head, cold.LastEndedIncarnation);
        if (KnowsOfTheEnd(patch, position))
            state.TryObserve(position, shown: true);
        if (!state.EndWasShown)
            throw new IncarnationEndedException(session, patch.Incarnation ?? cold.LastEndedIncarnation);
        if (cold.Head is { } head)
            return (await UnwrapAsync(session, state, head, cold.DataKeys, cancellationToken).ConfigureAwait(false), null);
        if (!await IsNewAsync(session, state, cold, cancellationToken).ConfigureAwait(false))
            return await FindOrCreateKeysAsync(session, state, patch, cancellationToken).ConfigureAwait(false);

        var incarnation = cold.LastEndedIncarnation + 1;
        var (key, wrapped) = await CreateDataKeyAsync(session, incarnation, cancellationToken).ConfigureAwait(false);
        return (new SessionKeys(incarnation, [key], _dataKeys.GoodUntil), wrapped);
    }
}
