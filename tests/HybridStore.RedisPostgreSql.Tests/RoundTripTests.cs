using System.Globalization;
using HybridStore.Codec;
using HybridStore.Conformance;
using HybridStore.PostgreSql;
using HybridStore.PostgreSql.Tests.Support;
using HybridStore.Redis;
using HybridStore.Redis.Tests.Support;
using Npgsql;
using Eventually = HybridStore.Redis.Tests.Support.Eventually;
using PostgreSqlServers = HybridStore.PostgreSql.Tests.Support.SharedServer;

namespace HybridStore.RedisPostgreSql.Tests;

/// <summary>How often an operation of the whole store goes to Redis, as that counts its commands, and to PostgreSQL, as a proxy counts them on the wire. Exact numbers, and no times.</summary>
public sealed class RoundTripTests : IAsyncDisposable
{
    private static readonly AuthSessionId Session = new("clinic", "reception");
    private readonly TestSchema _schema = new();
    private readonly List<IAsyncDisposable> _open = [];
    private RespClient _client = null!;
    private WireProxy _wire = null!;
    private int _edition;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var open in Enumerable.Reverse(_open))
            await open.DisposeAsync();
        _client?.Dispose();
        await _schema.DisposeAsync();
    }

    [Fact]
    public async Task WhatTheHolderHas_IsAnsweredWithoutAnyRoundTrip()
    {
        await using var session = await (await OpenAsync()).OpenAsync(Session, Cancel);
        await session.CommitAsync(Patch(Durability.Persisted), Cancel);

        Assert.Equal((0, 0, 0), await CountAsync(async () => await session.GetAsync(Key(0), Cancel)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    public async Task WhatHotHas_IsOneReadOfRedis_AndNoneOfPostgreSql(int records)
    {
        var store = await OpenAsync(LeaseMode.Off);
        await store.CommitAsync(Session, Patch(Durability.Persisted, records), Cancel);
        AuthKey[] keys = [.. Enumerable.Range(0, records).Select(Key)];
        await store.GetManyAsync(Session, keys, Cancel);

        Assert.Equal((1, 0, 0), await CountAsync(async () => Assert.All(await store.GetManyAsync(Session, keys, Cancel), r => Assert.True(r.Exists))));
        Assert.Equal((1, 0, 0), await CountAsync(async () => Assert.True((await store.GetAsync(Session, keys[0], Cancel)).Exists)));
    }

    [Fact]
    public async Task WhatHotLacks_IsOneReadOfEach()
    {
        var store = await OpenAsync(LeaseMode.Off);
        await store.CommitAsync(Session, Patch(Durability.Persisted), Cancel);

        // A connection's first read is prepared there, which is another round trip.
        for (var i = 0; i < 8; i++)
            await store.GetAsync(Session, new AuthKey(AuthKeyTypes.Session, $"never before {i}"), Cancel);

        // Nobody waits for the fill; afterwards hot knows that there is no such record.
        var never = new AuthKey(AuthKeyTypes.Session, "never");
        Assert.Equal((1, 1), await CountReadsAsync(async () => Assert.False((await store.GetAsync(Session, never, Cancel)).Exists)));
        await Eventually.TrueAsync(async () => await CountReadsAsync(async () => await store.GetAsync(Session, never, Cancel)) == (1, 0), "the fill");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    public async Task PersistedCommit_IsOneRoundTripToEach(int records)
    {
        await using var session = await (await OpenAsync()).OpenAsync(Session, Cancel);

        // A connection's first commit is prepared there, which is another round trip; the pool may have several, and gives them out by turns.
        for (var i = 0; i < 8; i++)
            await session.CommitAsync(Patch(Durability.Persisted, records), Cancel);

        Assert.Equal((0, 1, 1), await CountAsync(async () => Assert.Equal(CommitOutcome.Persisted, (await session.CommitAsync(Patch(Durability.Persisted, records), Cancel)).Outcome)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    public async Task QueuedCommit_IsOneRoundTripToRedis_AndDoesNotWaitForPostgreSql(int records)
    {
        await using var session = await (await OpenAsync()).OpenAsync(Session, Cancel);
        await session.CommitAsync(Patch(Durability.Persisted, records), Cancel);
        _wire.Reset();
        await session.CommitAsync(Patch(Durability.Queued, records), Cancel);

        // More than one where the connection of the commit before was not back in the pool yet, and the drainer opens another.
        await Eventually.TrueAsync(() => _wire.RoundTrips >= 1, "what drains it");

        // From here on that stops at the wire, where nothing gets through.
        _wire.Hangs = true;
        Assert.Equal((0, 1, 0), await CountAsync(async () => Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(Patch(Durability.Queued, records), Cancel)).Outcome)));
        _wire.Hangs = false;
    }

    private async Task<HybridAuthStore> OpenAsync(LeaseMode mode = LeaseMode.Required)
    {
        var redis = await RedisServer.StartDurableAsync();
        _open.Add(redis);
        _client = redis.Connect();
        var shared = new NpgsqlConnectionStringBuilder(await PostgreSqlServers.ConnectionStringAsync());
        _wire = new WireProxy(shared.Port);
        _open.Add(_wire);
        (shared.Port, shared.SslMode, shared.GssEncryptionMode) = (_wire.Port, SslMode.Disable, GssEncryptionMode.Disable);
        var options = new HybridAuthStoreOptions { MaxStaleness = TimeSpan.FromMinutes(1) };
        options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        options.Lease.Mode = mode;
        options.Lease.Duration = TimeSpan.FromMinutes(10);
        options.Outbox.ReconcileInterval = Timeout.InfiniteTimeSpan;

        // On a clock that stands still nothing is called that the operation does not need.
        var hot = new RedisHotTier(redis.ConnectionString, new RedisHotTierOptions { UnsafeServer = UnsafeServer.Warn });
        await Eventually.ConnectedAsync(hot);
        var store = new HybridAuthStore(new PostgreSqlColdTier(shared.ConnectionString, _schema.Options), hot, options, new ManualClock());
        _open.Add(store);
        return store;
    }

    private AuthPatch Patch(Durability durability, int records = 1)
    {
        var patch = new AuthPatch().Require(durability);
        _edition++;
        for (var i = 0; i < records; i++)
            patch.Set(Key(i), BitConverter.GetBytes(_edition));
        return patch;
    }

    private static AuthKey Key(int i) => new(AuthKeyTypes.Session, i.ToString(CultureInfo.InvariantCulture));

    // Reads are HMGET, and everything else a script.
    private async Task<(long Reads, long Scripts, int PostgreSql)> CountAsync(Func<Task> operation)
    {
        var (reads, scripts) = (_client.Calls("hmget"), _client.Calls("evalsha") + _client.Calls("eval"));
        _wire.Reset();
        await operation();
        return (_client.Calls("hmget") - reads, _client.Calls("evalsha") + _client.Calls("eval") - scripts, _wire.RoundTrips);
    }

    private async Task<(long Redis, int PostgreSql)> CountReadsAsync(Func<Task> operation)
    {
        var (reads, _, statements) = await CountAsync(operation);
        return (reads, statements);
    }
}
