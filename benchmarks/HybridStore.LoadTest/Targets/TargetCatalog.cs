using HybridStore.PostgreSql;
using HybridStore.Redis;
using HybridStore.Sqlite;

namespace HybridStore.LoadTest.Targets;

/// <summary>The stores that a trace can be played on, by name.</summary>
internal static class TargetCatalog
{
    public const string RedisPostgreSql = "redis+postgresql";
    public const string Blob = "whole-blob";

    private static readonly Dictionary<string, Func<LoadServers, Task<ITarget>>> Makers = new(StringComparer.Ordinal)
    {
        [RedisPostgreSql] = static async s => new HybridTarget(RedisPostgreSql, PostgreSql(s), await RedisHotAsync(s), Durability.Persisted),
        ["redis+postgresql, queued"] = static async s => new HybridTarget("redis+postgresql, queued", PostgreSql(s), await RedisHotAsync(s), Durability.Queued),
        ["redis+sqlite"] = static async s => new HybridTarget("redis+sqlite", Sqlite(s), await RedisHotAsync(s), Durability.Persisted),
        ["postgresql"] = static s => Task.FromResult<ITarget>(new HybridTarget("postgresql", PostgreSql(s), hot: null, Durability.Persisted)),
        ["sqlite"] = static s => Task.FromResult<ITarget>(new HybridTarget("sqlite", Sqlite(s), hot: null, Durability.Persisted)),
        ["redis"] = static s => Task.FromResult<ITarget>(new HybridTarget("redis", new RedisColdTier(s.Redis.ConnectionString, new RedisColdTierOptions { KeyPrefix = s.NewName() }), hot: null, Durability.Persisted)),
        ["raw redis+postgresql"] = static async s => new RawTarget("raw redis+postgresql", Redis(s), await RawPostgreSqlRecords.OpenAsync(s)),
        ["raw redis+sqlite"] = static s => Task.FromResult<ITarget>(new RawTarget("raw redis+sqlite", Redis(s), new RawSqliteRecords(s.NewPath(".db")))),
        ["raw postgresql"] = static async s => new RawTarget("raw postgresql", hot: null, await RawPostgreSqlRecords.OpenAsync(s)),
        ["raw sqlite"] = static s => Task.FromResult<ITarget>(new RawTarget("raw sqlite", hot: null, new RawSqliteRecords(s.NewPath(".db")))),
        ["raw redis"] = static s => Task.FromResult<ITarget>(new RawTarget("raw redis", Redis(s), cold: null)),
        [Blob] = static async s => await BlobTarget.OpenAsync(keeps: false, s),
        ["whole-blob, kept"] = static async s => await BlobTarget.OpenAsync(keeps: true, s),
        ["file-per-key"] = static s => Task.FromResult<ITarget>(new FileTarget(s.NewPath(""))),
        ["dictionary"] = static _ => Task.FromResult<ITarget>(new NullTarget()),
    };

    // Where there is a MongoDB.
    private static readonly Dictionary<string, Func<LoadServers, Task<ITarget>>> MongoDbMakers = new(StringComparer.Ordinal)
    {
        ["redis+mongodb"] = static async s => new HybridTarget("redis+mongodb", s.MongoDb.Tier(s.NewName()), await RedisHotAsync(s), Durability.Persisted),
        ["mongodb"] = static s => Task.FromResult<ITarget>(new HybridTarget("mongodb", s.MongoDb.Tier(s.NewName()), hot: null, Durability.Persisted)),
        ["raw redis+mongodb"] = static async s => new RawTarget("raw redis+mongodb", Redis(s), await s.MongoDb.OpenRawAsync(s.NewName())),
        ["raw mongodb"] = static async s => new RawTarget("raw mongodb", hot: null, await s.MongoDb.OpenRawAsync(s.NewName())),
    };

    public static IReadOnlyCollection<string> MongoDbNames => MongoDbMakers.Keys;

    /// <summary>Those that can be opened.</summary>
    public static IReadOnlyList<string> NamesOn(LoadServers servers) => [.. Makers.Keys.Concat(MongoDbNames).Where(n => LackOf(n, servers) is null)];

    /// <summary>Why a target can't be opened, as a sentence; <see langword="null"/> if it can.</summary>
    public static string? LackOf(string name, LoadServers servers)
    {
        if (MongoDbMakers.ContainsKey(name))
            return servers.MongoDbLack is { } lack ? $"The target {name} needs a MongoDB: {lack}." : null;
        return Makers.ContainsKey(name) ? null : $"There is no target {name}; there are {string.Join("; ", NamesOn(servers))}.";
    }

    public static Task<ITarget> OpenAsync(string name, LoadServers servers) =>
        LackOf(name, servers) is { } lack ? throw new ArgumentException(lack) : (Makers.GetValueOrDefault(name) ?? MongoDbMakers[name])(servers);

    public static PostgreSqlColdTier PostgreSql(LoadServers servers) => new(servers.PostgreSql.ConnectionString, new PostgreSqlColdTierOptions { Schema = servers.NewName() });

    /// <summary>A hot tier that is connected, which otherwise comes by itself.</summary>
    public static async Task<RedisHotTier> RedisHotAsync(LoadServers servers)
    {
        var tier = new RedisHotTier(servers.Redis.ConnectionString, new RedisHotTierOptions { KeyPrefix = servers.NewName() });
        while (!(await tier.InspectAsync(CancellationToken.None)).IsConnected)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        return tier;
    }

    private static SqliteColdTier Sqlite(LoadServers servers) => new(new SqliteColdTierOptions { Path = servers.NewPath(".db") }, TimeProvider.System);

    private static RawRedisRecords Redis(LoadServers servers) => new(servers.Database, servers.NewName());
}
