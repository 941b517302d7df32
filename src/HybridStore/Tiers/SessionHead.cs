namespace HybridStore.Tiers;

/// <summary>A session's own state in the cold tier.</summary>
public sealed record SessionHead
{
    /// <summary>Which life of the session this is, from 1.</summary>
    public required long Incarnation { get; init; }

    /// <summary>Its commit counter, from 1: a session exists from its first commit on. 0 only where leases are listed, of a session that is held and not created yet.</summary>
    public required long Version { get; init; }

    /// <summary>The epoch of the last lease; 0: there was none. Never falls, deletion included.</summary>
    public long Epoch { get; init; }

    /// <summary>The ahead mark: the epoch of a lease that may have queued commits which cold does not have yet; 0: none, cold is complete.</summary>
    public long AheadEpoch { get; init; }

    /// <summary>
    /// The rollback mark: the version behind which queued commits were lost, or may have been; 0: none were, or it was acknowledged. Set and cleared by
    /// <see cref="ColdCommit.Rollback"/>.
    /// </summary>
    public long RolledBackAt { get; init; }

    /// <summary>When this life began, by the tier's clock.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its last commit was, by the tier's clock.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}
