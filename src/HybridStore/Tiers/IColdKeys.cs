namespace HybridStore.Tiers;

/// <summary>
/// What a cold tier does with keys besides keeping them: it holds the ring of master keys, replaces wrapped data keys when the master key changes, and envelopes when the data key does.
/// All of it is opaque to the tier.
/// </summary>
/// <remarks>
/// <para>
/// None of this changes what a session is: no version moves, no commit is remembered, no lease or epoch is asked for, and readers see the same values before and after. What it replaces,
/// it compares first, so that a commit that came in between stays.
/// </para>
/// <para>Each call is one transaction, or one for each session; it may be repeated.</para>
/// </remarks>
public interface IColdKeys
{
    /// <summary>Reads the ring.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The ring and its version; version 0 and no content: there is none yet.</returns>
    ValueTask<ColdKeyRing> ReadRingAsync(CancellationToken cancellationToken);

    /// <summary>Writes the ring, if nobody has since it was read. Its version is then one above.</summary>
    /// <param name="expectedVersion">The version that was read; 0: there was none.</param>
    /// <param name="content">The ring; never empty.</param>
    /// <param name="cancellationToken">Cancels the wait until the transaction begins.</param>
    /// <returns>Whether it was written. A call that failed in the middle may have written it: read it again.</returns>
    ValueTask<bool> WriteRingAsync(long expectedVersion, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Replaces wrapped data keys by the same keys, wrapped otherwise; each only where it still is as it was read.</summary>
    /// <param name="keys">The keys, of any sessions.</param>
    /// <param name="cancellationToken">Cancels the wait until the transaction begins.</param>
    /// <returns>How many were replaced.</returns>
    ValueTask<int> RewrapAsync(IReadOnlyList<DataKeyRewrap> keys, CancellationToken cancellationToken);

    /// <summary>
    /// Gives a session another data key, which is the newest from then on: commits that are sealed with an older one are answered <see cref="ColdCommitStatus.DataKeyChanged"/>. The older ones stay.
    /// </summary>
    /// <param name="addition">The key, and which one it follows.</param>
    /// <param name="cancellationToken">Cancels the wait until the transaction begins.</param>
    /// <returns>Whether it is the newest now. A repeat is answered as the first call was, as long as no other key followed.</returns>
    ValueTask<bool> AddDataKeyAsync(DataKeyAddition addition, CancellationToken cancellationToken);

    /// <summary>Replaces the envelopes of records, each only where the record is still of the version named.</summary>
    /// <param name="session">The session.</param>
    /// <param name="incarnation">The life that they are of; where it is over, nothing is replaced.</param>
    /// <param name="records">The records: key, version, and the envelope that is to take the place of the one that is there.</param>
    /// <param name="cancellationToken">Cancels the wait until the transaction begins.</param>
    /// <returns>How many were replaced.</returns>
    ValueTask<int> ReplaceEnvelopesAsync(AuthSessionId session, long incarnation, IReadOnlyList<SealedRecord> records, CancellationToken cancellationToken);
}
