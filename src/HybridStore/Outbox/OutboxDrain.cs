using HybridStore.Coordination;
using HybridStore.Diagnostics;
using HybridStore.Sessions;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging;

namespace HybridStore.Outbox;

/// <summary>Brings what one session has queued to cold, in order, as much as fits at once: applied once, however often it is sent (protocol rule 1).</summary>
internal sealed class OutboxDrain(IColdTier cold, IHotTier? hot, LeaseKeeper leases, TimeProvider time, int maxTries, ColdHistoryRetention? history, Func<AuthSessionId, bool> coldRefuses, ILogger logger)
{
    /// <summary>Drains one batch. Hot is not told: the next commit tells it, or <see cref="AcknowledgeAsync"/> where none comes.</summary>
    /// <param name="lease">The lease, with its queue.</param>
    /// <param name="cancellationToken">Cancels the wait for the session's turn at cold.</param>
    public async ValueTask<DrainStep> AdvanceAsync(HeldLease lease, CancellationToken cancellationToken)
    {
        var queue = lease.Queue!;
        if (queue.IsEmpty)
            return DrainStep.Empty;
        if (queue.Parked is not null || lease.HasEnded)
            return DrainStep.Over;
        await queue.ColdTurn.EnterAsync(new PendingCommit(patch: null, mayJoin: false), cancellationToken).ConfigureAwait(false);
        try
        {
            return await SendAsync(lease, queue).ConfigureAwait(false);
        }
        finally
        {
            queue.ColdTurn.Leave();
        }
    }

    /// <summary>The same, for who has the session's turn at cold already.</summary>
    public async ValueTask<DrainStep> SendAsync(HeldLease lease, HeldQueue queue)
    {
        // One at a time once cold has refused something: only then is it known which one it is.
        if (queue.Next(queue.Base, oneOnly: queue.Tries > 0) is not { } patch)
            return DrainStep.Empty;
        if (coldRefuses(queue.Session))
            return DrainStep.ColdUnavailable;
        ColdCommitResult result;
        try
        {
            result = await cold.CommitAsync(Commit(lease, queue, patch), CancellationToken.None).ConfigureAwait(false);
            if (result.Status == ColdCommitStatus.Repeated)
                result = await LookAsync(lease, queue, result, patch.Version).ConfigureAwait(false);
            else if (result.Status == ColdCommitStatus.OutOfOrder && IsWithin(queue, result.Version))
                result = await LookAsync(lease, queue, result, result.Version).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreUnavailableException or CommitOutcomeUnknownException || IsOfTheWholeStore(e))
        {
            // Unknown is as good as not yet: what is sent again at the same place is applied once.
            Log.NotDrained(logger, e, queue.Session);
            return DrainStep.ColdUnavailable;
        }
#pragma warning disable CA1031 // Whatever cold says of this entry, the other sessions' entries go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return await RefuseAsync(lease, queue, patch, e.GetType().Name, e).ConfigureAwait(false);
        }

        switch (result.Status)
        {
            case ColdCommitStatus.Committed or ColdCommitStatus.Repeated:
                Acknowledge(lease, queue, patch.Version);
                queue.Tries = 0;
                return DrainStep.Advanced;

            case ColdCommitStatus.OutOfOrder when IsWithin(queue, result.Version):
                // A part of it was taken by an attempt whose outcome was unknown.
                Acknowledge(lease, queue, result.Version);
                return DrainStep.Advanced;

            case ColdCommitStatus.Fenced or ColdCommitStatus.IncarnationEnded:
                leases.Lose(lease);
                return DrainStep.Over;

            case ColdCommitStatus.DataKeyChanged:
                await RefreshKeysAsync(queue).ConfigureAwait(false);
                return await RefuseAsync(lease, queue, patch, result.Status.ToString(), null).ConfigureAwait(false);

            case ColdCommitStatus.WentBack:
                // Whoever sends by this session is to stop, whether or not it commits anything more (protocol rule 12).
                leases.RollBack(lease);
                if (queue.Tries == 0)
                    Log.ColdWentBack(logger, queue.Session, result.Incarnation, result.Version, queue.Incarnation, queue.End);
                return await RefuseAsync(lease, queue, patch, result.Status.ToString(), null).ConfigureAwait(false);

            default:
                return await RefuseAsync(lease, queue, patch, result.Status.ToString(), null).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Sees whether it is this queue's commits that cold has up to a version: it skips whatever it is sent at its own version and below, and finds a commit by its name wherever that is. Others'
    /// are there, or others have repeated this one elsewhere and know nothing of those before it, if they took the session over, or if cold went back and they have gone on from there.
    /// </summary>
    /// <param name="lease">The lease.</param>
    /// <param name="queue">Its queue.</param>
    /// <param name="result">What cold has answered.</param>
    /// <param name="version">The version.</param>
    /// <returns>The answer, if so; otherwise what cold would have said, had it known.</returns>
    public async ValueTask<ColdCommitResult> LookAsync(HeldLease lease, HeldQueue queue, ColdCommitResult result, long version)
    {
        var read = await cold.ReadAsync(queue.Session, [], withDataKeys: true, CancellationToken.None).ConfigureAwait(false);

        // At the version or above it: what a tier remembers goes not far back, and what is above was made on top of this.
        if (queue.HasMadeAny(read.Commits.Where(m => m.Version >= version)))
            return result;
        var position = ReadDecision.PositionOf(read.Head, read.LastEndedIncarnation);
        var status = ColdCommitStatus.WentBack;
        if (position >= SeenMark.EndOf(queue.Incarnation))
            status = ColdCommitStatus.IncarnationEnded;
        else if (read.Head is { } head && head.Epoch != lease.Ref.Epoch)
            status = ColdCommitStatus.Fenced;
        return result with { Status = status, Incarnation = read.Head?.Incarnation ?? 0, Version = read.Head?.Version ?? 0, Epoch = read.Head?.Epoch ?? result.Epoch };
    }

    /// <summary>Whether a version that cold is at is the end of a queued commit that it is not known to have.</summary>
    public static bool IsWithin(HeldQueue queue, long version) => version > queue.Base && queue.IsBoundary(version);

    /// <summary>Tells hot that cold has what it has, if it does not know: as well as that can be done, since the next time says it again.</summary>
    /// <returns>Whether hot answers.</returns>
    public async ValueTask<bool> AcknowledgeAsync(HeldQueue queue)
    {
        if (queue.HotKnowsBase)
            return true;
        try
        {
            var version = queue.Base;
            await hot!.Outbox!.AcknowledgeAsync(queue.Lease, queue.Incarnation, version, CancellationToken.None).ConfigureAwait(false);
            queue.Tell(version);
            return true;
        }
        catch (StoreUnavailableException e)
        {
            Log.HotUnavailable(logger, e, hot!.Name, "acknowledge");
            return false;
        }
    }

    private static void Acknowledge(HeldLease lease, HeldQueue queue, long version)
    {
        // Nothing waits any more that could explain a cold tier which is behind it.
        lease.State.ObserveInCold(new SeenMark(queue.Incarnation, version));
        queue.Acknowledge(version);
    }

    // It says nothing of the entry: what is the matter is the matter of every session, and none of them is to be parked for it.
    private static bool IsOfTheWholeStore(Exception e) => e is StoreUnusableException
    {
        Reason: StoreUnusableReason.Full or StoreUnusableReason.ReadOnly or StoreUnusableReason.NotFound or StoreUnusableReason.NewerSchema
            or StoreUnusableReason.MissingDependency or StoreUnusableReason.Unsafe,
    };

    private ColdCommit Commit(HeldLease lease, HeldQueue queue, SealedPatch patch) => new()
    {
        Session = queue.Session,
        Incarnation = queue.Incarnation,
        Epoch = lease.Ref.Epoch,
        SeenVersion = queue.Base,
        SealedWith = queue.DataKeys.Count > 0 ? queue.DataKeys[0].Id : default,
        History = history,
        Patches = [patch],
    };

    // Another process gave the session a newer data key; what was sealed with the older one stays readable.
    private async ValueTask RefreshKeysAsync(HeldQueue queue)
    {
        try
        {
            var read = await cold.ReadAsync(queue.Session, [], withDataKeys: true, CancellationToken.None).ConfigureAwait(false);
            if (read.DataKeys.Count > 0)
                queue.DataKeys = read.DataKeys;
        }
        catch (AuthStoreException e)
        {
            Log.NotDrained(logger, e, queue.Session);
        }
    }

    private async ValueTask<DrainStep> RefuseAsync(HeldLease lease, HeldQueue queue, SealedPatch patch, string reason, Exception? exception)
    {
        queue.Tries++;
        Log.EntryRefused(logger, exception, queue.Session, patch.Version, reason, queue.Tries);
        if (queue.Tries < maxTries)
            return DrainStep.Refused;
        var parked = new ParkedEntry(patch.Version, reason, queue.Tries, time.GetUtcNow());
        queue.Parked = parked;
        Log.SessionParked(logger, queue.Session, patch.Version, reason);
        try
        {
            await hot!.Outbox!.ParkAsync(lease.Ref, parked, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e)
        {
            Log.HotUnavailable(logger, e, hot!.Name, "park");
        }

        return DrainStep.Over;
    }
}
