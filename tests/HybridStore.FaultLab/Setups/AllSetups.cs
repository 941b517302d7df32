namespace HybridStore.FaultLab.Setups;

/// <summary>The configurations that run side by side.</summary>
internal static class AllSetups
{
    /// <summary>Their <see cref="Setup.Redis"/> names the server: the one that keeps everything, or the one that has a replica and may not.</summary>
    /// <remarks>Leases in a SQLite file go by the clock of the machine that its processes share: theirs is one, and right. Elsewhere they go by the servers'.</remarks>
    public static IReadOnlyList<Setup> Make() =>
    [
        new() { Name = "persisted", Redis = "always", PostgreSql = "", Bots = 3, Sessions = 9 },
        new() { Name = "queued", Redis = "everysec", PostgreSql = "", QueuedShare = 80, Bots = 3, Sessions = 9 },
        new() { Name = "lease-off", Redis = "always", PostgreSql = "", Lease = LeaseMode.Off },
        new() { Name = "redis-sqlite", Redis = "always", Sqlite = "", QueuedShare = 50, SkewsClocks = false },
        new() { Name = "postgresql", PostgreSql = "" },
        new() { Name = "sqlite", Sqlite = "", SkewsClocks = false },
        new() { Name = "redis-mongodb", Redis = "always", MongoDb = "", QueuedShare = 50 },
        new() { Name = "mongodb", MongoDb = "" },
    ];

    /// <summary>Those that were asked for, and of which there is what they need.</summary>
    /// <param name="asked">Their names; none: all that can be had.</param>
    /// <param name="mongoDbLack">Why there is no MongoDB, as a part of a sentence; null if there is.</param>
    /// <exception cref="ArgumentException">There is none of a name, or it was asked for and can't be had.</exception>
    public static IReadOnlyList<Setup> Choose(IReadOnlyList<string> asked, string? mongoDbLack)
    {
        var all = Make();
        if (asked.FirstOrDefault(name => !all.Any(s => s.Name == name)) is { } unknown)
            throw new ArgumentException($"There is no setup {unknown}.");
        if (mongoDbLack is not null && all.FirstOrDefault(s => s.MongoDb is not null && asked.Contains(s.Name)) is { } lacking)
            throw new ArgumentException($"The setup {lacking.Name} needs MongoDB, and {mongoDbLack}.");
        return [.. all.Where(s => (asked.Count == 0 || asked.Contains(s.Name)) && (mongoDbLack is null || s.MongoDb is null))];
    }

    /// <summary>What of all that could have run does not, and why.</summary>
    /// <inheritdoc cref="Choose"/>
    public static IReadOnlyList<string> LeftOut(IReadOnlyList<string> asked, string? mongoDbLack) =>
        asked.Count > 0 || mongoDbLack is null ? [] : [.. Make().Where(static s => s.MongoDb is not null).Select(s => $"{s.Name}, since {mongoDbLack}")];
}
