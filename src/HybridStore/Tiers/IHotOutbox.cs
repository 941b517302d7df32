namespace HybridStore.Tiers;

/// <summary>Commits that hot has taken and cold has not: written in the same atomic step as the hot records, drained in order per session.</summary>
/// <remarks>
/// Only the holder of a session's lease queues; whoever took the lease over drains. <see cref="QueueAsync"/> throws <see cref="StoreUnavailableException"/> only where
/// nothing was taken, and <see cref="CommitOutcomeUnknownException"/> where it may have been. The others throw the former in either case: they can be repeated.
/// </remarks>
public interface IHotOutbox
{
    /// <summary>
    /// Whether what was acknowledged survives every restart of the tier, so that another run is no reason to doubt the outbox: of the run that was known last. Who takes over goes by
    /// <see cref="HotInstallation.KeepsEverything"/>.
    /// </summary>
    bool KeepsEverything { get; }

    /// <summary>
    /// Commits to hot and outbox in one atomic step, under a lease, and removes the session's expiry. Refused without meta of the present run, at another
    /// version, incarnation or epoch than hot's. Checked in this order: epoch, incarnation, commit id of the last patch, meta, version.
    /// </summary>
    /// <param name="commit">The patches with their predecessors and versions.</param>
    /// <param name="cancellationToken">Cancels the wait before the step begins.</param>
    ValueTask<HotQueueResult> QueueAsync(QueuedCommit commit, CancellationToken cancellationToken);

    /// <summary>Gives hot what the holder knows, and installs its epoch. What hot is missing beyond the version returned is queued again by the holder.</summary>
    /// <param name="adoption">The session as cold has it.</param>
    /// <param name="cancellationToken">Cancels the wait before the step begins.</param>
    /// <returns>The version that hot is at now; <see langword="null"/>: hot knows a higher epoch or a later life, or the time was over.</returns>
    ValueTask<long?> AdoptAsync(HotAdoption adoption, CancellationToken cancellationToken);

    /// <summary>Reads the oldest entries of a session that are above a version.</summary>
    /// <param name="session">The session.</param>
    /// <param name="aboveVersion">Cold's version; entries at or below it are skipped.</param>
    /// <param name="limit">The most entries to return, from 1.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The entries in order, whole ones only.</returns>
    ValueTask<IReadOnlyList<OutboxEntry>> ReadAsync(AuthSessionId session, long aboveVersion, int limit, CancellationToken cancellationToken);

    /// <summary>Removes the entries that cold has taken. One that comes late changes nothing, nor does one under another lease than the last that hot was told of.</summary>
    /// <param name="lease">The lease of whoever has drained them.</param>
    /// <param name="incarnation">The life that the entries belong to.</param>
    /// <param name="throughVersion">Cold's version: entries at or below it go.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask AcknowledgeAsync(LeaseRef lease, long incarnation, long throughVersion, CancellationToken cancellationToken);

    /// <summary>Extends leases in hot, for a holder that does not reach cold: whoever wants the session asks here first, and waits.</summary>
    /// <param name="leases">The leases.</param>
    /// <param name="duration">How long from now, by hot's clock.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>For each lease, in that order, whether hot still has its epoch; <see langword="null"/>: hot knows nothing of it.</returns>
    ValueTask<IReadOnlyList<bool?>> RenewAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Notes that a lease was given back after everything was drained: nobody queues under it any more, and the session may expire when it is idle.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask ReleaseAsync(LeaseRef lease, CancellationToken cancellationToken);

    /// <summary>Notes that an entry stops the session's outbox, or that it does no longer.</summary>
    /// <param name="lease">The lease under which that was found.</param>
    /// <param name="entry">The entry; <see langword="null"/>: none.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Whether it was noted; <see langword="false"/> if hot's epoch is another one.</returns>
    ValueTask<bool> ParkAsync(LeaseRef lease, ParkedEntry? entry, CancellationToken cancellationToken);

    /// <summary>Drops all that hot has of a life that ended and of those before it, its outbox included, and installs the epoch that the deletion raised.</summary>
    /// <param name="session">The session and the raised epoch.</param>
    /// <param name="throughIncarnation">The life that ended.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask DiscardAsync(LeaseRef session, long throughIncarnation, CancellationToken cancellationToken);
}
