namespace HybridStore.Tiers;

/// <summary>What hot knows of a session: kept with its records, so that every read brings it and eviction takes both.</summary>
public sealed record HotMeta
{
    /// <summary>The life of the session that the records belong to.</summary>
    public required long Incarnation { get; init; }

    /// <summary>The session version at which every record that hot has is current.</summary>
    public required long Version { get; init; }

    /// <summary>The epoch installed; 0: none.</summary>
    public long Epoch { get; init; }

    /// <summary>The run of the hot tier under which the records were verified: another one is a restart or a failover.</summary>
    public required string RunId { get; init; }

    /// <summary>Until when the records may be believed without asking cold.</summary>
    public required DateTimeOffset GoodUntil { get; init; }
}
