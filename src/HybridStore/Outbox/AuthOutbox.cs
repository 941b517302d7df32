using System.Runtime.CompilerServices;
using HybridStore.Tiers;

namespace HybridStore;

/// <summary>What waits in the hot tier for the cold one, for whoever runs the store: to look at it, to drain it, and the ways out where a person has to decide.</summary>
/// <remarks>
/// Retrying, discarding and abandoning need the session's lease: they are done by the process that holds the session, or by any once nobody does
/// (<see cref="SessionHeldException"/> otherwise).
/// </remarks>
public sealed class AuthOutbox
{
    // A person reads it; what is beyond is counted.
    private const int MostShown = 1000;

    private readonly HybridAuthStore _store;
    private readonly IColdTier _cold;
    private readonly IHotTier? _hot;

    internal AuthOutbox(HybridAuthStore store, IColdTier cold, IHotTier? hot)
    {
        _store = store;
        _cold = cold;
        _hot = hot;
    }

    /// <summary>Streams the sessions that may have queued commits: those that are open under a lease that queues, and those whose holder left some behind.</summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public async IAsyncEnumerable<OutboxSession> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await _store.InitializeAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var session in _cold.Leases.ListAheadAsync(unheldOnly: false, cancellationToken).ConfigureAwait(false))
        {
            var outbox = _hot is null ? null : (await _hot.ReadAsync(session.Id, [], withDataKeys: false, cancellationToken).ConfigureAwait(false)).Outbox;

            // Hot is told in time, but not at once, of what cold has taken.
            var drained = outbox is not null && outbox.Incarnation == session.Head.Incarnation ? Math.Max(outbox.DrainedVersion, session.Head.Version) : outbox?.DrainedVersion;
            yield return new OutboxSession(session.Id, session.Head.Version, outbox is null ? null : Math.Max(0, outbox.Version - drained!.Value), outbox?.Parked);
        }
    }

    /// <summary>Shows what a session has queued.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>What hot has, the oldest 1,000 entries of it; <see langword="null"/> if hot knows nothing of the session.</returns>
    /// <exception cref="StoreUnavailableException">Hot does not answer.</exception>
    public async ValueTask<OutboxContent?> ShowAsync(AuthSessionId session, CancellationToken cancellationToken = default)
    {
        await _store.InitializeAsync(cancellationToken).ConfigureAwait(false);
        if (_hot?.Outbox is not { } outbox)
            return null;
        var state = (await _hot.ReadAsync(session, [], withDataKeys: false, cancellationToken).ConfigureAwait(false)).Outbox;
        if (state is null)
            return null;
        var entries = await outbox.ReadAsync(session, state.DrainedVersion, MostShown, cancellationToken).ConfigureAwait(false);
        return new OutboxContent(session, Math.Max(0, state.Version - state.DrainedVersion), [.. entries.Select(Show)], state.Parked);
    }

    /// <summary>Tries again to drain a session, a parked one too.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Cancels the wait for the lease.</param>
    /// <returns>Whether cold has everything now. If not, the session is tried again, and parked again where cold goes on to refuse.</returns>
    public ValueTask<bool> RetryAsync(AuthSessionId session, CancellationToken cancellationToken = default) => _store.RetryOutboxAsync(session, cancellationToken);

    /// <summary>Gives up the oldest queued commit of a session, which cold refuses: it is lost, the ones after it are drained, and the session is marked as rolled back.</summary>
    /// <param name="session">The session.</param>
    /// <param name="version">The version that the commit made: it must be the oldest that waits.</param>
    /// <param name="cancellationToken">Cancels the wait for the lease.</param>
    /// <exception cref="CommitConflictException">Another commit is the oldest, or none waits. Nothing was changed.</exception>
    public ValueTask DiscardAsync(AuthSessionId session, long version, CancellationToken cancellationToken = default) =>
        _store.DiscardOutboxAsync(session, version, cancellationToken);

    /// <summary>
    /// Gives up whatever a session has queued, because the hot tier that had it is gone for good: the session is marked as rolled back, and opens again from cold.
    /// </summary>
    /// <param name="session">The session, which nobody holds.</param>
    /// <param name="cancellationToken">Cancels the wait for the lease.</param>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    /// <exception cref="SessionHeldException">A process holds it.</exception>
    public ValueTask AbandonAsync(AuthSessionId session, CancellationToken cancellationToken = default) => _store.AbandonOutboxAsync(session, cancellationToken);

    /// <summary>Looks now for sessions whose holder is gone and left queued commits behind, and drains them; see <see cref="OutboxOptions.ReconcileInterval"/>.</summary>
    /// <param name="cancellationToken">Ends it between two sessions.</param>
    public async ValueTask ReconcileAsync(CancellationToken cancellationToken = default)
    {
        await _store.InitializeAsync(cancellationToken).ConfigureAwait(false);
        await _store.ReconcileNowAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until cold has everything that this process has queued.</summary>
    /// <param name="timeout">How long, at most.</param>
    /// <returns>What remains.</returns>
    public ValueTask<OutboxRemainder> DrainAsync(TimeSpan timeout) => _store.DrainHeldAsync(timeout);

    private static OutboxItem Show(OutboxEntry entry) => new(
        entry.Patch.Version,
        entry.Patch.CommitId,
        entry.Epoch,
        1 + entry.Patch.Absorbed.Count,
        entry.Patch.Changes.Sum(static c => (long)(c.Envelope?.Length ?? 0)),
        [.. entry.Patch.Changes.GroupBy(static c => c.Key.Type).Select(static g => new AuthTypeSummary(g.Key, g.Count(), g.Sum(static c => (long)(c.Envelope?.Length ?? 0))))]);
}
