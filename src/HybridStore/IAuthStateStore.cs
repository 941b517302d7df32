namespace HybridStore;

/// <summary>Keeps the auth state of WhatsApp sessions.</summary>
/// <remarks>
/// <para>Every read has three outcomes: a value, authoritative absence, or an exception. A tier that can't answer is never an absent record.</para>
/// <para>Every commit is all or nothing, and an acknowledged one is kept. All members are safe to call from any number of threads.</para>
/// <para>
/// Any member may throw <see cref="StoreUnavailableException"/> (transient), <see cref="StoreUnusableException"/>, <see cref="MasterKeyException"/>,
/// <see cref="ColdWentBackException"/> and, when it was cancelled before it changed anything, <see cref="OperationCanceledException"/>.
/// Members that give values throw <see cref="EnvelopeException"/> for one that does not open.
/// </para>
/// </remarks>
public interface IAuthStateStore
{
    /// <summary>Reads one record.</summary>
    /// <param name="session">The session; it need not exist, its records are then absent.</param>
    /// <param name="key">The record.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask<AuthRecord> GetAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken = default);

    /// <summary>Reads any number of records, all at one version of the session, in one round trip to a tier.</summary>
    /// <param name="session">The session; it need not exist, its records are then absent.</param>
    /// <param name="keys">The records, of any types; an answer for each comes in the same order.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask<AuthRecordSet> GetManyAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, CancellationToken cancellationToken = default);

    /// <summary>Commits a patch: all of it or nothing. The first commit of a session creates it.</summary>
    /// <param name="session">The session.</param>
    /// <param name="patch">The patch. Committing the same one again is harmless and returns the first receipt.</param>
    /// <param name="cancellationToken">Cancels the wait before the commit begins; one that has begun is brought to its end.</param>
    /// <exception cref="CommitConflictException">A version is not the one that the patch expects.</exception>
    /// <exception cref="CommitOutcomeUnknownException">A tier failed in the middle: commit the same patch again.</exception>
    /// <exception cref="IncarnationEndedException">The session was deleted since the patch was bound to it.</exception>
    /// <exception cref="FencedException">Another process holds the session.</exception>
    /// <exception cref="IdentityOverwriteException">It would replace the identity of paired credentials.</exception>
    /// <exception cref="InvalidAuthInputException">The patch changes nothing.</exception>
    ValueTask<CommitReceipt> CommitAsync(AuthSessionId session, AuthPatch patch, CancellationToken cancellationToken = default);

    /// <summary>Opens a session as a bot does: takes its lease, so that nobody else writes it, and keeps its records in this process while it is open.</summary>
    /// <param name="session">The session; it need not exist, its first commit creates it.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The handle; closing it gives the lease back.</returns>
    /// <exception cref="SessionHeldException">Another process holds it, and did not give it back in time; or it is open in this process.</exception>
    ValueTask<AuthSession> OpenAsync(AuthSessionId session, CancellationToken cancellationToken = default);

    /// <summary>Creates a session from a stream of records, all or nothing: no reader sees any of it before all of it is kept.</summary>
    /// <param name="session">The session, which must not exist.</param>
    /// <param name="entries">The records, each key once, read as they are written; an exception from it abandons the import.</param>
    /// <param name="cancellationToken">Abandons the import.</param>
    /// <returns>The session as created, at version 1.</returns>
    /// <exception cref="SessionExistsException">The session exists, or came to be while the stream was read.</exception>
    /// <exception cref="InvalidAuthInputException">A record occurs twice or is too large, or there is none.</exception>
    /// <exception cref="FencedException">Another process holds the session.</exception>
    ValueTask<AuthSessionInfo> ImportAsync(AuthSessionId session, IAsyncEnumerable<AuthEntry> entries, CancellationToken cancellationToken = default);

    /// <summary>Streams a session's records in ordinal order of type and id (by UTF-8 bytes), never holding more than a few in memory.</summary>
    /// <remarks>
    /// Every record is one that the session had at some moment of the enumeration. To know that all are of one version,
    /// compare <see cref="FindSessionAsync"/> before and after.
    /// </remarks>
    /// <param name="session">The session; nothing comes if it does not exist.</param>
    /// <param name="type">Only this type, or <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<AuthRecord> EnumerateAsync(AuthSessionId session, string? type = null, CancellationToken cancellationToken = default);

    /// <summary>Opens every envelope of a session and says of each whether it opened; damage is a result here, not an exception.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Ends the verification.</param>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    IAsyncEnumerable<AuthRecordCheck> VerifyAsync(AuthSessionId session, CancellationToken cancellationToken = default);

    /// <summary>Finds a session without opening any record. It is found too where commits of it are queued that nobody can tell of now: <see cref="AuthSessionInfo.MayBeAhead"/>.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>What is known of it, or <see langword="null"/> if it authoritatively does not exist.</returns>
    ValueTask<AuthSessionInfo?> FindSessionAsync(AuthSessionId session, CancellationToken cancellationToken = default);

    /// <summary>Counts the records and bytes that the cold tier has of a session, type by type, without opening any. <see cref="AuthSessionInfo.MayBeAhead"/> says whether that may not be all.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="SessionNotFoundException">There is no such session.</exception>
    ValueTask<AuthSessionSummary> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken = default);

    /// <summary>Streams the sessions of a tenant, or of all, in ordinal order of tenant and session (by UTF-8 bytes).</summary>
    /// <param name="tenant">Only this tenant, or <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<AuthSessionInfo> ListSessionsAsync(string? tenant = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes a session with all its records and its data key. What is meant for this life of it never brings it back; a later commit begins another.</summary>
    /// <remarks>It needs no lease, and ends one that is held: a holder in this store is told at once, another one learns with its next commit or heartbeat.</remarks>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Cancels the wait before the deletion begins.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken = default);
}
