namespace HybridStore;

/// <summary>
/// The former versions of records, where <see cref="HybridAuthStoreOptions.History"/> says that they are kept, and the way back to them. Of types that are not taken up again after
/// going back (<c>session</c>, <c>sender-key</c>, <c>sender-key-memory</c>, <c>device-list</c>), none are kept.
/// </summary>
public sealed class AuthHistory
{
    private readonly HybridAuthStore _store;

    internal AuthHistory(HybridAuthStore store) => _store = store;

    /// <summary>Streams the versions that a session can be rolled back to, newest first. What is queued and not drained is not among them yet.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="SessionNotFoundException">The session does not exist.</exception>
    /// <exception cref="StoreUnusableException">The cold tier keeps no history.</exception>
    public IAsyncEnumerable<AuthHistoryVersion> ListAsync(AuthSessionId session, CancellationToken cancellationToken = default) =>
        _store.ListHistoryAsync(session, static (history, session, cancellationToken) => history.ListAsync(session, cancellationToken), cancellationToken);

    /// <summary>Streams the former versions of one record, newest first. Of values, only their sizes are told.</summary>
    /// <param name="session">The session.</param>
    /// <param name="key">The record.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <exception cref="SessionNotFoundException">The session does not exist.</exception>
    /// <exception cref="StoreUnusableException">The cold tier keeps no history.</exception>
    public IAsyncEnumerable<AuthRecordVersion> ListAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken = default) =>
        _store.ListHistoryAsync(session, (history, session, cancellationToken) => history.ListAsync(session, key, cancellationToken), cancellationToken);

    /// <summary>
    /// Gives a session the records again that it had at a version, in one transaction. It gets a higher version than it ever had, is marked as rolled back, and lacks the records that must
    /// not be used again after going back. What it had before becomes history too.
    /// </summary>
    /// <param name="session">The session, which nobody may hold.</param>
    /// <param name="version">One of the versions that are listed.</param>
    /// <param name="cancellationToken">Cancels it until the transaction begins.</param>
    /// <returns>Where the session is now.</returns>
    /// <exception cref="HistoryUnreachableException">The version is not one that can be gone back to.</exception>
    /// <exception cref="SessionNotFoundException">The session does not exist.</exception>
    /// <exception cref="IncarnationEndedException">It was deleted meanwhile, or cold went back to before a deletion, and hot knows of a later life.</exception>
    /// <exception cref="SessionHeldException">A process holds the session.</exception>
    /// <exception cref="StoreUnusableException">The cold tier keeps no history.</exception>
    /// <exception cref="EnvelopeException">A record that would come back does not open.</exception>
    public ValueTask<RolledBackSession> RollbackAsync(AuthSessionId session, long version, CancellationToken cancellationToken = default) =>
        _store.RollbackAsync(session, version, cancellationToken);
}
