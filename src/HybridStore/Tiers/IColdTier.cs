namespace HybridStore.Tiers;

/// <summary>The database side, below the codec: it sees envelopes only, is authoritative, and assigns versions wherever no lease holder does.</summary>
/// <remarks>
/// <para>Names are compared by their UTF-8 bytes. No state expires. Time is the tier's own: a server's where there is one.</para>
/// <para>
/// A member that can't answer throws <see cref="StoreUnavailableException"/> or <see cref="StoreUnusableException"/>; one that failed where the commit may
/// have been kept throws <see cref="CommitOutcomeUnknownException"/>. Cancellation is honoured until a transaction begins, and not in the middle of one.
/// </para>
/// </remarks>
public interface IColdTier : IAsyncDisposable
{
    /// <summary>The tier's name in errors, logs and metrics, such as <c>sqlite</c>.</summary>
    string Name { get; }

    /// <summary>The leases on sessions, and the epochs that fence former holders.</summary>
    IColdLeases Leases { get; }

    /// <summary>The former versions of records, which a tier need not keep; <see langword="null"/>: it does not.</summary>
    IColdHistory? History => null;

    /// <summary>The ring of master keys and the changing of keys, which a tier need not know; <see langword="null"/>: keys stay as they are.</summary>
    IColdKeys? Keys => null;

    /// <summary>Where something that was deleted may still be found by who can read the tier's files, and what ends that; for people.</summary>
    IReadOnlyList<string> Remnants => [];

    /// <summary>Connects, checks that the store is usable, and brings its schema up to date. Called again, it does nothing.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask InitializeAsync(CancellationToken cancellationToken);

    /// <summary>Reads a session's head and any of its records, from one snapshot, in one round trip.</summary>
    /// <param name="session">The session.</param>
    /// <param name="keys">The records, none included.</param>
    /// <param name="withDataKeys">Whether the wrapped data keys are wanted too.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask<ColdRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken);

    /// <summary>Commits in one transaction, all or nothing. Where the session does not exist, creates the incarnation named.</summary>
    /// <remarks>
    /// Checked in this order, so that a repeat is recognised whatever else changed: incarnation, commit id, seen version, epoch, data key, predecessor, expectations.
    /// </remarks>
    /// <param name="commit">The patches and what they depend on.</param>
    /// <param name="cancellationToken">Cancels the wait until the transaction begins.</param>
    ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken);

    /// <summary>Creates a session from a stream, all or nothing: no reader sees any of it before all of it is kept, and after a crash there is nothing of it.</summary>
    /// <param name="import">The session and its records.</param>
    /// <param name="cancellationToken">Abandons the import.</param>
    ValueTask<ColdImportResult> ImportAsync(ColdImport import, CancellationToken cancellationToken);

    /// <summary>Streams a session's records in order of type and id, by UTF-8 bytes, with bounded memory.</summary>
    /// <param name="session">The session; nothing comes if it does not exist.</param>
    /// <param name="type">Only this type, or <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<SealedRecord> EnumerateAsync(AuthSessionId session, string? type, CancellationToken cancellationToken);

    /// <summary>Streams sessions in order of tenant and session, by UTF-8 bytes, with bounded memory.</summary>
    /// <param name="tenant">Only this tenant, or <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<ColdSession> ListSessionsAsync(string? tenant, CancellationToken cancellationToken);

    /// <summary>Counts a session's records and envelope bytes by type, in order of type by UTF-8 bytes.</summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The head and the counts from one snapshot, or <see langword="null"/> if the session does not exist.</returns>
    ValueTask<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken);

    /// <summary>
    /// Ends a session's life: its records and data keys are gone, its epoch is raised, and a tombstone (hashed name, incarnation, last version, epoch) stays for ever.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Cancels the wait until the transaction begins.</param>
    ValueTask<ColdDeletion> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken);
}
