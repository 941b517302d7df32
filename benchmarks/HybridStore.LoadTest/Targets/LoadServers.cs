using System.Globalization;
using HybridStore.Benchmarks;
using HybridStore.LoadTest.Measuring;
using HybridStore.LoadTest.MongoDb;
using Npgsql;
using StackExchange.Redis;

namespace HybridStore.LoadTest.Targets;

/// <summary>The servers that targets share, each started when it is first asked for (a MongoDB runs already, or is not there), a folder, and what was sent to each.</summary>
internal sealed class LoadServers : IAsyncDisposable
{
    private const string Prefix = "load_";
    private readonly PostgreSqlTraffic _traffic;
    private readonly string? _mongoDbAddress;
    private RedisProcess? _redis;
    private PostgreSqlProcess? _postgreSql;
    private IMongoDbServer? _mongoDb;
    private ConnectionMultiplexer? _connection;
    private NpgsqlDataSource? _source;
    private int _names;

    /// <param name="mongoDb">The connection string of a MongoDB; <see langword="null"/> for that of the environment, empty for none.</param>
    public LoadServers(string? mongoDb = null)
    {
        _traffic = new PostgreSqlTraffic(() => _postgreSql?.ConnectionString);
        _mongoDbAddress = mongoDb ?? Environment.GetEnvironmentVariable(MongoDbDriver.Variable);
        MongoDbLack = MongoDbDriver.LackOf(_mongoDbAddress);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("hybridstore-load-").FullName;

    /// <summary>The raw client, with patience for values of many megabytes.</summary>
    public ConnectionMultiplexer Connection => _connection ??= Connect();

    public IDatabase Database => Connection.GetDatabase(0, null);

    public RedisProcess Redis => _redis ??= new RedisProcess();

    public PostgreSqlProcess PostgreSql => _postgreSql ??= new PostgreSqlProcess();

    public IMongoDbServer MongoDb => _mongoDb ??= MongoDbDriver.Connect(_mongoDbAddress!);

    /// <summary>Why there is no MongoDB here, as a part of a sentence; <see langword="null"/> if there is one.</summary>
    public string? MongoDbLack { get; }

    public NpgsqlDataSource Source => _source ??= NpgsqlDataSource.Create(PostgreSql.ConnectionString);

    /// <summary>A name that nobody else was given: for a schema, a database, a prefix of keys or a file.</summary>
    public string NewName() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Interlocked.Increment(ref _names)}");

    public string NewPath(string extension) => Path.Combine(Folder, NewName() + extension);

    /// <summary>What went to the tiers so far; of servers that were not asked for, nothing.</summary>
    public async Task<Traffic> TrafficAsync()
    {
        var (hotSent, hotReceived) = _redis is null ? (0, 0) : await RedisAsync();
        var wal = _postgreSql is null ? 0 : await WalAsync();
        var (coldSent, coldReceived) = (_traffic.Sent + (_mongoDb?.Sent ?? 0), _traffic.Received + (_mongoDb?.Received ?? 0));
        return new Traffic(hotSent, hotReceived, coldSent, coldReceived, wal, FileWrites.Total ?? 0);
    }

    /// <summary>The versions of the servers that were used.</summary>
    public async Task<IReadOnlyDictionary<string, string>> VersionsAsync()
    {
        var versions = new Dictionary<string, string>(StringComparer.Ordinal);
        if (_redis is not null)
            versions["redis"] = Field(await InfoAsync("server"), "redis_version");
        if (_postgreSql is not null)
        {
            await using var command = Source.CreateCommand("SHOW server_version");
            versions["postgresql"] = (string)(await command.ExecuteScalarAsync())!;
        }

        if (_mongoDb is not null)
            versions["mongodb"] = await _mongoDb.VersionAsync();
        return versions;
    }

    /// <summary>Runs statements that make something ready.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Empties the servers, so that a target does not pay for what the one before left behind. Only while no target is open.</summary>
    public async Task EmptyAsync()
    {
        if (_redis is not null)
            await Database.ScriptEvaluateAsync("return redis.call('FLUSHALL')", null, null, CommandFlags.None);
        if (_mongoDb is not null)
            await _mongoDb.EmptyAsync();
        if (_postgreSql is null)
            return;
        await ExecuteAsync(
            $"""
            DO $$ DECLARE name text; BEGIN
            FOR name IN SELECT nspname FROM pg_namespace WHERE nspname ~ '^{Prefix}' LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
            FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^{Prefix}' LOOP EXECUTE format('DROP TABLE %I', name); END LOOP;
            END $$;
            CHECKPOINT
            """);
    }

    public async ValueTask DisposeAsync()
    {
        _traffic.Dispose();
        _connection?.Dispose();
        if (_source is not null)
            await _source.DisposeAsync();
        if (_mongoDb is not null)
            await _mongoDb.DisposeAsync();
        _redis?.Dispose();
        _postgreSql?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private ConnectionMultiplexer Connect()
    {
        var options = ConfigurationOptions.Parse(Redis.ConnectionString);
        options.AllowAdmin = true;
        options.SyncTimeout = 120_000;

        // Otherwise as long as that: a handshake that an old client has lost is begun anew.
        options.ConnectTimeout = 2000;
        options.ConnectRetry = 20;
        options.AbortOnConnectFail = false;
        return ConnectionMultiplexer.Connect(options, null);
    }

    private async Task<(long Sent, long Received)> RedisAsync()
    {
        var stats = await InfoAsync("stats");
        return (Number(stats, "total_net_input_bytes"), Number(stats, "total_net_output_bytes"));
    }

    private async Task<string> InfoAsync(string section) =>
        await Connection.GetServer(Connection.GetEndPoints(false)[0], null).InfoRawAsync(section, CommandFlags.None) ?? "";

    private async Task<long> WalAsync()
    {
        await using var command = Source.CreateCommand("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static long Number(string info, string name) => long.Parse(Field(info, name), NumberStyles.None, CultureInfo.InvariantCulture);

    private static string Field(string info, string name) =>
        info.Split('\n').First(l => l.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Trim();
}
