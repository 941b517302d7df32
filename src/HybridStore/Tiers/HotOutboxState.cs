namespace HybridStore.Tiers;

/// <summary>What hot knows of a session's outbox. It outlives an eviction of the records, but not the loss of what hot holds.</summary>
public sealed record HotOutboxState
{
    /// <summary>The life of the session that the entries belong to.</summary>
    public required long Incarnation { get; init; }

    /// <summary>The epoch that was installed for queueing, by whoever holds or held the session; 0: none. Reads and fills never set it.</summary>
    public required long Epoch { get; init; }

    /// <summary>The session version up to which commits came.</summary>
    public required long Version { get; init; }

    /// <summary>The version up to which cold has everything. Below <see cref="Version"/>: the outbox is not empty.</summary>
    public required long DrainedVersion { get; init; }

    /// <summary>The run of hot under which the holder last knew that nothing was missing. Another one than the present: newer entries may have been lost. Empty: nobody has vouched for it yet.</summary>
    public required string RunId { get; init; }

    /// <summary>
    /// Whether the holder has extended its lease here, because it does not reach cold, and it has not run out: by hot's clock. So also where another epoch was installed meanwhile: that
    /// holder is fenced, and answers from its memory until then.
    /// </summary>
    public bool HolderLives { get; init; }

    /// <summary>The entry that stops the outbox, or <see langword="null"/>.</summary>
    public ParkedEntry? Parked { get; init; }

    /// <summary>Whether cold has everything.</summary>
    public bool IsEmpty => DrainedVersion >= Version;
}
