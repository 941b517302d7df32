namespace HybridStore.Tiers;

/// <summary>Commits that hot has taken and cold has not: written in the same atomic step as the hot records, drained in order per session.</summary>
public interface IHotOutbox
{
    /// <summary>Commits to hot and outbox in one atomic step, under a lease. Refused without meta, at another version, incarnation or epoch than hot's, or when the outbox is full.</summary>
    /// <param name="commit">The patch with its predecessor and version.</param>
    /// <param name="cancellationToken">Cancels the wait before the step begins.</param>
    ValueTask<HotQueueResult> QueueAsync(QueuedCommit commit, CancellationToken cancellationToken);

    /// <summary>Reads the oldest entries of a session that are above a version.</summary>
    /// <param name="session">The session.</param>
    /// <param name="aboveVersion">Cold's version; entries at or below it are skipped.</param>
    /// <param name="limit">The most entries to return, from 1.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The entries in order, each with its predecessor.</returns>
    ValueTask<IReadOnlyList<SealedPatch>> ReadAsync(AuthSessionId session, long aboveVersion, int limit, CancellationToken cancellationToken);

    /// <summary>Removes the entries that cold has taken.</summary>
    /// <param name="session">The session.</param>
    /// <param name="incarnation">The life that the entries belong to.</param>
    /// <param name="throughVersion">Cold's version: entries at or below it go.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>How many entries remain.</returns>
    ValueTask<long> AcknowledgeAsync(AuthSessionId session, long incarnation, long throughVersion, CancellationToken cancellationToken);
}
