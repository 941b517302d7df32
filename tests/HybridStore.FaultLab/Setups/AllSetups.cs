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
    ];
}
