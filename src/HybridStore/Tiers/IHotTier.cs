namespace HybridStore.Tiers;

/// <summary>The fast side, below the codec: it sees envelopes only, may lose anything at any time, and is never believed by default.</summary>
/// <remarks>A tier that can't answer throws <see cref="StoreUnavailableException"/>; the store then does without it.</remarks>
public interface IHotTier : IAsyncDisposable
{
    /// <summary>The tier's name in errors, logs and metrics, such as <c>memory</c>.</summary>
    string Name { get; }

    /// <summary>The tier's present run, as far as it is known without asking; empty before the first answer. A record stamped with another run is not believed.</summary>
    string RunId { get; }

    /// <summary>The longest that a call takes before the tier itself gives it up.</summary>
    /// <value><see cref="Timeout.InfiniteTimeSpan"/> by default: it knows of none, so that the store sets a timer of its own for each call that is to end in time.</value>
    TimeSpan CallTimeout => Timeout.InfiniteTimeSpan;

    /// <summary>Where commits can be queued, or <see langword="null"/> for a tier that is not durable and shared, which never takes any (protocol rule 9).</summary>
    IHotOutbox? Outbox { get; }

    /// <summary>Tells of changes that other processes make, or <see langword="null"/> for a tier that is not shared.</summary>
    IHotChanges? Changes { get; }

    /// <summary>Where something that was dropped may still be found, and what ends that; for people.</summary>
    IReadOnlyList<string> Remnants => [];

    /// <summary>Looks at how the tier is set up, where that can be told. A tier that does not answer has nothing to say.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask<IReadOnlyList<HotFinding>> InspectAsync(CancellationToken cancellationToken) => new((IReadOnlyList<HotFinding>)[]);

    /// <summary>Reads the meta and any records of a session, from one moment, in one round trip. Writes nothing.</summary>
    /// <param name="session">The session.</param>
    /// <param name="keys">The records.</param>
    /// <param name="withDataKeys">Whether the copy of the wrapped data keys is wanted too.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask<HotRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken);

    /// <summary>Takes what was read from cold, if nothing newer came in between.</summary>
    /// <param name="fill">The records and the session's state, from one snapshot of cold.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Whether it was taken.</returns>
    ValueTask<bool> FillAsync(HotFill fill, CancellationToken cancellationToken);

    /// <summary>Takes what cold has committed. Where hot has no meta, it begins with this commit's.</summary>
    /// <param name="apply">The changes and the session's state after them.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Whether hot is now at the commit's version or later.</returns>
    ValueTask<bool> ApplyAsync(HotApply apply, CancellationToken cancellationToken);

    /// <summary>
    /// Drops the records that hot has of a session and raises its generation, so that no fill that is under way applies. The outbox and what is known of it stay.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask EvictAsync(AuthSessionId session, CancellationToken cancellationToken);

    /// <summary>Installs a lease's epoch: from here on, whatever carries a lower one is refused, and what is queued under another one too.</summary>
    /// <param name="lease">The session and its new epoch.</param>
    /// <param name="vouchesFor">
    /// Where cold carried no ahead mark when it granted the lease, so that nothing can be missing here: how long from now the holder may believe in it. The outbox is then
    /// vouched for in the present run, unless the call arrives later, when others may have queued and hot may have lost that. <see cref="TimeSpan.Zero"/>: who vouched for it
    /// last stays, and where hot knows nothing of the session, nobody does.
    /// </param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    ValueTask<HotInstallation> InstallEpochAsync(LeaseRef lease, TimeSpan vouchesFor, CancellationToken cancellationToken);
}
