namespace HybridStore.Tiers;

/// <summary>
/// The former versions of records, for a cold tier that keeps them. They are written by commits that carry <see cref="ColdCommit.History"/>, in their own transaction: no crash leaves a hole.
/// </summary>
/// <remarks>
/// <para>
/// Each such commit, with however many patches, leads from the version that the session had to the one that it has afterwards. The latter is a version of history if a record
/// of a kept type was changed; so is the version from which on history is kept. What was coalesced on its way into the tier is one version.
/// </para>
/// <para>
/// A former version of a record is kept from the commit that replaced or deleted it until no version of history needs it any more. History is complete from its oldest version on: where
/// the retention lets one record's former version go, all versions before it go as well.
/// </para>
/// <para>
/// A commit that does not carry it ends what history there was: nothing from before it can be told any more, and the next one that does begins anew. The end of a session's life
/// is the end of its history. Each commit removes a bounded number of what nothing needs any more.
/// </para>
/// </remarks>
public interface IColdHistory
{
    /// <summary>Streams the versions of history, newest first, with bounded memory; the first is how the kept types are now.</summary>
    /// <param name="session">The session; nothing comes if it does not exist, or has no history that reaches up to now.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<AuthHistoryVersion> ListAsync(AuthSessionId session, CancellationToken cancellationToken);

    /// <summary>Streams the former versions of one record, newest first, with bounded memory.</summary>
    /// <param name="session">The session; nothing comes as above.</param>
    /// <param name="key">The record.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<AuthRecordVersion> ListAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Streams the records that a session had at a version of history and that were replaced or deleted since, in order of type and id, by UTF-8 bytes, with bounded memory. What else it had
    /// then is what it has now and that was written at that version or before.
    /// </summary>
    /// <param name="session">The session; nothing comes as above.</param>
    /// <param name="version">One of the versions that <see cref="ListAsync(AuthSessionId, CancellationToken)"/> gives.</param>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    IAsyncEnumerable<SealedRecord> EnumerateReplacedAsync(AuthSessionId session, long version, CancellationToken cancellationToken);
}
