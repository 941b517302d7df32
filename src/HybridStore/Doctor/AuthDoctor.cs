namespace HybridStore;

/// <summary>Looks at sessions and at the store and says what waits for a person; and two of the ways out, which are nobody else's.</summary>
/// <remarks>
/// Looking changes nothing: no lease is taken, nothing is drained, filled or evicted. (As with every first call, cold's schema is brought up to date.)
/// What each finding means, and all ways out of it: <c>docs/runbook</c>.
/// </remarks>
public sealed class AuthDoctor
{
    private readonly HybridAuthStore _store;

    internal AuthDoctor(HybridAuthStore store) => _store = store;

    /// <summary>Looks at what is of no one session: how the hot tier is set up, where it can tell.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>What was found; empty: nothing. A hot tier that does not answer is no finding here.</returns>
    public ValueTask<IReadOnlyList<AuthFinding>> DiagnoseAsync(CancellationToken cancellationToken = default) => _store.DiagnoseStoreAsync(cancellationToken);

    /// <summary>Looks at a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="opensRecords">Whether every record is opened, as <see cref="IAuthStateStore.VerifyAsync"/> does; without it, only what is known of the session itself is looked at.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>
    /// What was found, the most pressing first; empty: nothing. Of a session that cold has lost as a whole and hot still knows of, <see cref="AuthFindingKind.ColdWentBack"/> with
    /// <see cref="AuthFinding.ColdVersion"/> 0; also where cold has a life of it again that had been deleted, and nothing of the later one.
    /// </returns>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    /// <exception cref="StoreUnavailableException">Cold does not answer.</exception>
    public ValueTask<IReadOnlyList<AuthFinding>> DiagnoseAsync(AuthSessionId session, bool opensRecords = true, CancellationToken cancellationToken = default) =>
        _store.DiagnoseAsync(session, opensRecords, cancellationToken);

    /// <summary>
    /// Goes on with what cold has, after it went back in time (<see cref="ColdWentBackException"/>): what came after is lost for good, the session is marked as rolled back, and it
    /// keeps no record that must not be used twice, as after the restore of a backup. Hot's copy goes. Where cold has lost the session as a whole, or has only a life of it that had been deleted before
    /// the one that hot knows of, it is over, as if it had been deleted.
    /// </summary>
    /// <param name="session">The session, which nobody holds.</param>
    /// <param name="version">The version that cold has, from 1, or 0 where it does not have the session or its last life at all: what was decided is decided for this state alone.</param>
    /// <param name="cancellationToken">Cancels it until the transaction begins.</param>
    /// <returns>What was kept.</returns>
    /// <exception cref="SessionNotFoundException">There is no such session; with version 0, neither hot nor this process knows that there was one.</exception>
    /// <exception cref="CommitConflictException">Cold has another version. Nothing was changed.</exception>
    /// <exception cref="IncarnationEndedException">Cold has a life of it that had been deleted before the one that hot knows of: only version 0 can be accepted. Nothing was changed.</exception>
    /// <exception cref="SessionHeldException">A process holds it. Nothing was changed.</exception>
    public ValueTask<RolledBackSession> AcceptColdAsync(AuthSessionId session, long version, CancellationToken cancellationToken = default) =>
        _store.AcceptColdAsync(session, version, cancellationToken);

    /// <summary>Notes that whoever runs the session knows of its rollback, without its bot: see <see cref="AuthSession.AcknowledgeRollbackAsync"/>.</summary>
    /// <param name="session">The session, which nobody holds.</param>
    /// <param name="cancellationToken">Cancels the wait for the lease.</param>
    /// <returns>Whether it was marked as rolled back.</returns>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    /// <exception cref="SessionHeldException">A process holds it. Nothing was changed.</exception>
    public ValueTask<bool> AcknowledgeRollbackAsync(AuthSessionId session, CancellationToken cancellationToken = default) =>
        _store.AcknowledgeRollbackAsync(session, cancellationToken);
}
