using HybridStore.Tiers;

namespace HybridStore.Migration;

/// <summary>
/// Brings the target's copy of a session to where the source is: the same incarnation, version, records and their versions, data key and remembered commits. The target itself
/// says what it lacks, so that it does not matter how far an earlier attempt came.
/// </summary>
internal sealed class SessionCopy(IColdTier from, IColdTier to, CopyTally tally)
{
    // Of a session that changes all the time, an attempt copies what the one before has not.
    private const int Attempts = 5;
    private const int MaxPartBytes = 4 * 1024 * 1024;
    private const int MaxPartRecords = 4096;

    public async ValueTask<CopyResult> RunAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var source = await from.ReadAsync(session, [], withDataKeys: true, cancellationToken).ConfigureAwait(false);
            if (source.Head is not { } head)
                return new CopyResult(CopyStatus.Gone, null);
            if (source.DataKeys.Count == 0)
                return new CopyResult(CopyStatus.NoKey, head);
            if (attempt > Attempts)
                return new CopyResult(CopyStatus.Changing, head);
            var target = await to.ReadAsync(session, [], withDataKeys: true, cancellationToken).ConfigureAwait(false);
            if (await JudgeAsync(session, source, target, cancellationToken).ConfigureAwait(false) is { } judged)
            {
                if (judged == CopyStatus.Unchanged)
                    await DataKeyCopy.RunAsync(to, session, source, cancellationToken).ConfigureAwait(false);
                return new CopyResult(judged, head);
            }

            var locked = new MigrationLock(to, session);
            var grant = await locked.TakeAsync(aboveEpoch: 0, cancellationToken).ConfigureAwait(false);
            if (!grant.Granted)
                return new CopyResult(CopyStatus.Taken, head, grant.Holder);
            if (target.Head is { } other && !IsSameLife(source, target))
            {
                // A copy of ours of a life that ended in the source.
                _ = await to.DeleteSessionAsync(session, CancellationToken.None).ConfigureAwait(false);
                await RaiseLivesAsync(session, source, other.Incarnation, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (target.Head is null && target.LastEndedIncarnation + 1 < head.Incarnation)
            {
                await RaiseLivesAsync(session, source, target.LastEndedIncarnation, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (await WriteAsync(session, source, target, locked.Epoch, cancellationToken).ConfigureAwait(false))
            {
                await DataKeyCopy.RunAsync(to, session, source, cancellationToken).ConfigureAwait(false);
                return new CopyResult(CopyStatus.Copied, head);
            }
        }
    }

    /// <summary>Ends the copy of a session that ended in the source, if it is one of ours.</summary>
    /// <returns>Whether it was ended.</returns>
    public async ValueTask<bool> EndAsync(ColdSession copy, CancellationToken cancellationToken)
    {
        var source = await from.ReadAsync(copy.Id, [], withDataKeys: true, cancellationToken).ConfigureAwait(false);
        if (source.Head is not null || source.LastEndedIncarnation < copy.Head.Incarnation
            || !await new MigrationLock(to, copy.Id).IsOursAsync(cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        _ = await to.DeleteSessionAsync(copy.Id, CancellationToken.None).ConfigureAwait(false);
        return true;
    }

    // By the key that the life began with: others may have followed it.
    private static bool IsSameLife(ColdRead source, ColdRead target) =>
        source.Head!.Incarnation == target.Head!.Incarnation && source.DataKeys[^1].Id == target.DataKeys[^1].Id;

    /// <summary>Finds out whether the target is to be written.</summary>
    /// <returns>Why not; <see langword="null"/>: it is.</returns>
    private async ValueTask<CopyStatus?> JudgeAsync(AuthSessionId session, ColdRead source, ColdRead target, CancellationToken cancellationToken)
    {
        var head = source.Head!;
        if (target.Head is not { } copy)
        {
            // An ended life does not come back. It may have ended where the session was switched to.
            return target.LastEndedIncarnation < head.Incarnation ? null : await SwitchedOrTakenAsync(session, cancellationToken).ConfigureAwait(false);
        }

        if (!IsSameLife(source, target))
        {
            // What is locked under our name is an earlier life that was copied. It may also be the life after one that was switched.
            if (copy.Incarnation < head.Incarnation && await new MigrationLock(to, session).IsOursAsync(cancellationToken).ConfigureAwait(false))
                return null;
            return copy.Incarnation > head.Incarnation ? await SwitchedOrTakenAsync(session, cancellationToken).ConfigureAwait(false) : CopyStatus.Taken;
        }

        if (copy.Version > head.Version)
            return await SwitchedOrTakenAsync(session, cancellationToken).ConfigureAwait(false);
        if (copy.Version == head.Version)
            return CopyStatus.Unchanged;

        // Nobody but us wrote it while it was locked; else it must be what the source once was.
        var last = target.Commits.LastOrDefault(c => c.Version == copy.Version);
        var isPrefix = last.Version == copy.Version && source.Commits.Contains(last);
        return isPrefix || await new MigrationLock(to, session).IsOursAsync(cancellationToken).ConfigureAwait(false) ? null : CopyStatus.Taken;
    }

    private async ValueTask<CopyStatus> SwitchedOrTakenAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        await new MigrationLock(from, session).IsOursAsync(cancellationToken).ConfigureAwait(false) ? CopyStatus.Switched : CopyStatus.Taken;

    /// <summary>Begins and ends lives until the next one is the source's: hot tiers know its number, and that none comes back.</summary>
    private async ValueTask RaiseLivesAsync(AuthSessionId session, ColdRead source, long lastEnded, CancellationToken cancellationToken)
    {
        for (var life = lastEnded + 1; life < source.Head!.Incarnation; life++)
        {
            var target = new MigrationLock(to, session);
            _ = await target.TakeAsync(aboveEpoch: 0, cancellationToken).ConfigureAwait(false);
            Check(session, await to.CommitAsync(
                new ColdCommit
                {
                    Session = session,
                    Incarnation = life,
                    Epoch = target.Epoch,
                    Patches = [new SealedPatch { CommitId = CommitId.New(), Changes = [] }],
                    SealedWith = source.DataKeys[0].Id,
                    NewDataKey = source.DataKeys[0],
                },
                CancellationToken.None).ConfigureAwait(false));
            _ = await to.DeleteSessionAsync(session, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Writes what differs, in parts. Only the last one takes the source's version, and only if the source stood still.</summary>
    /// <returns>Whether the target is there.</returns>
    private async ValueTask<bool> WriteAsync(AuthSessionId session, ColdRead source, ColdRead target, long epoch, CancellationToken cancellationToken)
    {
        var head = source.Head!;
        var step = new CopyStep(session, source, target, epoch);
        var part = new List<SealedChange>();
        long bytes = 0;
        try
        {
            await foreach (var pair in RecordPair.EnumerateAsync(from, to, session, cancellationToken).ConfigureAwait(false))
            {
                if (pair.IsSame)
                    continue;
                part.Add(pair.Source.Exists ? new SealedChange(pair.Key, pair.Source.Envelope) { Version = pair.Source.Version } : new SealedChange(pair.Key, null));
                bytes += pair.Source.Envelope.Length;
                if ((bytes >= MaxPartBytes || part.Count >= MaxPartRecords) && step.CanBePart)
                {
                    await CommitAsync(session, step.Part(part), part, cancellationToken).ConfigureAwait(false);
                    (part, bytes) = ([], 0);
                }
            }
        }
        catch (IncarnationEndedException)
        {
            return false;
        }

        var after = await from.ReadAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false);
        if (after.Head is null || after.Head.Incarnation != head.Incarnation)
            return false;
        if (after.Head.Version != head.Version)
        {
            if (part.Count > 0 && step.CanBePart)
                await CommitAsync(session, step.Part(part), part, cancellationToken).ConfigureAwait(false);
            return false;
        }

        while (!step.IsThere)
        {
            await CommitAsync(session, step.Rest(part), part, cancellationToken).ConfigureAwait(false);
            part = [];
        }

        return true;
    }

    private async ValueTask CommitAsync(AuthSessionId session, ColdCommit commit, List<SealedChange> changes, CancellationToken cancellationToken)
    {
        Check(session, await to.CommitAsync(commit, cancellationToken).ConfigureAwait(false));
        tally.Records += changes.Count;
        foreach (var change in changes)
            tally.Bytes += change.Envelope?.Length ?? 0;
    }

    private static void Check(AuthSessionId session, ColdCommitResult result)
    {
        if (result.Status is not (ColdCommitStatus.Committed or ColdCommitStatus.Repeated))
        {
            throw new StoreUnavailableException("cold", $"Session {session} was changed in the target while it was copied ({result.Status}). Is another migration running? Try again.")
            {
                Session = session,
            };
        }
    }
}
