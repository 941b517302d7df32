namespace HybridStore.FaultLab.Setups;

/// <summary>One configuration of the store that runs in the laboratory: its tiers, its lease and what its bots ask for.</summary>
internal sealed record Setup
{
    /// <summary>What reports call it; also its tenant and schema.</summary>
    public required string Name { get; init; }

    /// <summary>Where its Redis is, through the setup's own proxy; none: no hot tier.</summary>
    public string? Redis { get; set; }

    /// <summary>Where its PostgreSQL is, through the setup's own proxy.</summary>
    public string? PostgreSql { get; set; }

    /// <summary>Where its MongoDB is, through the setup's own proxy.</summary>
    public string? MongoDb { get; set; }

    /// <summary>Its SQLite file.</summary>
    public string? Sqlite { get; set; }

    public LeaseMode Lease { get; init; } = LeaseMode.Required;

    /// <summary>In percent: commits that ask for <see cref="Durability.Queued"/>, the rest for what their types say.</summary>
    public int QueuedShare { get; init; }

    /// <summary>In percent: commits that ask for <see cref="Durability.Persisted"/>.</summary>
    public int PersistedShare { get; init; } = 5;

    public int Bots { get; set; } = 2;

    public int Sessions { get; set; } = 6;

    /// <summary>Between two calls of a session, at least, in milliseconds.</summary>
    public int Pace { get; set; } = 10;

    /// <summary>Whether its bots have clocks that are wrong by up to three minutes, and jump.</summary>
    public bool SkewsClocks { get; init; } = true;

    public bool DefaultOptions { get; set; }

    public string MasterKey { get; set; } = "";

    public bool HasHot => Redis is not null;

    public AuthSessionId SessionAt(int index) => new(Name, $"bot-{index}");
}
