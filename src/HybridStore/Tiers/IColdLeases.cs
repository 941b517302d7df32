namespace HybridStore.Tiers;

/// <summary>The right to write a session, as cold records it. Epochs are issued here, only rise, and are checked by every commit.</summary>
/// <remarks>
/// A lease that ran out is free to be taken, and holds on if its holder renews it before anybody did. A commit or import without a lease ends one that ran out
/// and raises the epoch, so that its former holder is fenced.
/// </remarks>
public interface IColdLeases
{
    /// <summary>Takes a session that nobody holds, or that this holder held, or whose lease ran out: raises its epoch in one atomic step.</summary>
    /// <param name="request">Who wants which session, and for how long.</param>
    /// <param name="cancellationToken">Cancels the wait until the transaction begins.</param>
    ValueTask<LeaseGrant> AcquireAsync(LeaseRequest request, CancellationToken cancellationToken);

    /// <summary>Extends any number of leases in one step: a process has one heartbeat, not one for each session.</summary>
    /// <param name="leases">The leases.</param>
    /// <param name="duration">How long from now, by the tier's clock.</param>
    /// <param name="cancellationToken">Cancels the wait until the transaction begins.</param>
    /// <returns>For each lease, in that order, whether it still holds. One that does not was taken over, given back, or ended: by a deletion or, after it ran out, by a commit or import without a lease.</returns>
    ValueTask<IReadOnlyList<bool>> RenewAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Gives a lease back, if it still holds. The ahead mark goes only when everything was drained.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="drained">Whether cold has all that was queued under the lease.</param>
    /// <param name="cancellationToken">Cancels the wait until the transaction begins.</param>
    /// <returns>Whether it still held.</returns>
    ValueTask<bool> ReleaseAsync(LeaseRef lease, bool drained, CancellationToken cancellationToken);

    /// <summary>Sets the ahead mark of a lease that still holds, or clears it: for a lease that comes to queue only after it was taken, or never came to.</summary>
    /// <remarks>Only the holder knows that nothing is queued; whoever clears the mark of a session that has queued commits loses them when hot does.</remarks>
    /// <param name="lease">The lease.</param>
    /// <param name="mayQueue">Whether commits may be queued under it, so that cold may be behind.</param>
    /// <param name="cancellationToken">Cancels the wait until the transaction begins.</param>
    /// <returns>Whether it still held, as <see cref="RenewAsync"/> says it. If not, nothing was changed.</returns>
    ValueTask<bool> SetAheadAsync(LeaseRef lease, bool mayQueue, CancellationToken cancellationToken);

    /// <summary>Streams the sessions that carry an ahead mark, so that what a crashed process queued is found without searching the hot tier.</summary>
    /// <param name="unheldOnly">Only those that nobody holds: their lease was given back or ran out, by the tier's clock.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<ColdSession> ListAheadAsync(bool unheldOnly, CancellationToken cancellationToken);
}
