using System.Text;
using HybridStore.Conformance;
using static HybridStore.RedisSqlite.Tests.KnownFailures.RealStores;

namespace HybridStore.RedisSqlite.Tests.KnownFailures;

/// <summary>What goes wrong in stores of this kind, done to this one on a real Redis and a real database: see <c>docs/known-failures.md</c>.</summary>
public sealed class KnownFailureTests
{
    private const int Writers = 50;

    private const string DumpAll = """
        local all = {}
        for _, key in ipairs(redis.call('KEYS', '*')) do
          all[#all + 1] = key
          local kind = redis.call('TYPE', key).ok
          if kind == 'hash' then
            for _, part in ipairs(redis.call('HGETALL', key)) do all[#all + 1] = part end
          elseif kind == 'stream' then
            for _, entry in ipairs(redis.call('XRANGE', key, '-', '+')) do
              for _, part in ipairs(entry[2]) do all[#all + 1] = part end
            end
          end
        end
        return table.concat(all, ' ')
        """;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task DistinctRecordsSetAtOnce_ByOneProcessOrTwo_AreAllInBothTiers(int processes)
    {
        await using var real = await RealStores.StartAsync();
        var stores = new List<HybridAuthStore>();
        for (var i = 0; i < processes; i++)
            stores.Add(await real.StartAsync(static o => o.Lease.Mode = LeaseMode.Off));
        await stores[0].CommitAsync(Session, Put("first", 0), Cancel);

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => stores[i % processes].CommitAsync(Session, Put($"{i}", (byte)i), Cancel).AsTask()));

        await AssertAllAsync(await real.StartAsync(static o => o.Lease.Mode = LeaseMode.Off));
        real.Redis.Send("FLUSHALL");
        await AssertAllAsync(await real.StartAsync(static o => o.Lease.Mode = LeaseMode.Off));
    }

    [Fact]
    public async Task RecordsQueuedAtOnce_AreAllInTheDatabaseWhenDrained()
    {
        await using var real = await RealStores.StartAsync();
        var store = await real.StartAsync(static o => o.Outbox.DrainTimeout = TimeSpan.FromMinutes(1));
        await using (var session = await store.OpenAsync(Session, Cancel))
        {
            await session.CommitAsync(Put("first", 0), Cancel);
            var receipts = await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => session.CommitAsync(Put($"{i}", (byte)i).Require(Durability.Queued), Cancel).AsTask()));
            Assert.Equal(Writers, receipts.Select(static r => r.Version).Distinct().Count());
        }

        await real.CloseAsync(store);
        real.Redis.Send("FLUSHALL");
        await AssertAllAsync(await real.StartAsync());
    }

    [Fact]
    public async Task RecordDeleted_IsGoneFromBothTiersAndDoesNotComeBackByReads()
    {
        await using var real = await RealStores.StartAsync();
        var (store, other) = (await real.StartAsync(static o => o.Lease.Mode = LeaseMode.Off), await real.StartAsync(static o => o.Lease.Mode = LeaseMode.Off));
        await store.CommitAsync(Session, Put("a", 1).Set(AuthKeyTypes.PreKey, "b", new byte[] { 2 }), Cancel);
        Assert.True((await other.GetAsync(Session, new AuthKey(AuthKeyTypes.PreKey, "a"), Cancel)).Exists);

        await store.CommitAsync(Session, new AuthPatch().Delete(AuthKeyTypes.PreKey, "a"), Cancel);

        foreach (var emptied in (bool[])[false, true])
        {
            if (emptied)
                real.Redis.Send("FLUSHALL");
            var after = await real.StartAsync(static o => o.Lease.Mode = LeaseMode.Off);
            Assert.False((await after.GetAsync(Session, new AuthKey(AuthKeyTypes.PreKey, "a"), Cancel)).Exists);
            Assert.True((await after.GetAsync(Session, new AuthKey(AuthKeyTypes.PreKey, "b"), Cancel)).Exists);
        }
    }

    [Fact]
    public async Task SessionDeletedWhileItsCommitsWait_StaysDeletedAfterAReconciliation()
    {
        await using var real = await RealStores.StartAsync();
        await QueueAsync(real, "waits"u8.ToArray());

        var store = await real.StartAsync();
        Assert.True(await store.DeleteSessionAsync(Session, Cancel));
        await store.Outbox.ReconcileAsync(Cancel);

        Assert.Null(await store.FindSessionAsync(Session, Cancel));
        var later = await real.StartAsync();
        await using var session = await later.OpenAsync(Session, Cancel);
        Assert.False((await session.GetAsync(AuthKeyTypes.PreKey, "a", Cancel)).Exists);
    }

    [Fact]
    public async Task DatabaseAwayForManyTries_NothingIsGivenUpAndAllIsDrainedInOrder()
    {
        await using var real = await RealStores.StartAsync();
        var away = true;
        var tries = 0;
        var store = await real.StartAsync(
            static o => { o.Outbox.MaxTries = 2; o.Outbox.DrainTimeout = TimeSpan.FromMinutes(1); },
            cold => cold.Probe.Before = operation =>
            {
                if (operation != TierOperation.Commit || !Volatile.Read(ref away))
                    return Task.CompletedTask;
                Interlocked.Increment(ref tries);
                throw new StoreUnavailableException("sqlite", "it is away");
            });
        Volatile.Write(ref away, false);
        await using (var session = await store.OpenAsync(Session, Cancel))
        {
            await session.CommitAsync(Put("a", 0), Cancel);
            Volatile.Write(ref away, true);
            for (byte value = 1; value <= 8; value++)
                Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(Put("a", value).Require(Durability.Queued), Cancel)).Outcome);
            await HybridStore.Redis.Tests.Support.Eventually.TrueAsync(() => Volatile.Read(ref tries) > 4, "more tries than park a commit that is refused");
            Volatile.Write(ref away, false);
        }

        await real.CloseAsync(store);
        real.Redis.Send("FLUSHALL");
        await using var after = await (await real.StartAsync()).OpenAsync(Session, Cancel);
        Assert.False(after.IsRolledBack);
        Assert.Equal(new byte[] { 8 }, (await after.GetAsync(AuthKeyTypes.PreKey, "a", Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task RedisEmptyAndDatabaseAwayAtStart_IsAnErrorAndNoNewIdentity()
    {
        await using var real = await RealStores.StartAsync();
        var first = await real.StartAsync();
        await first.CommitAsync(Session, new AuthPatch().Set(AuthKey.Creds, "{\"identity\":1}"u8.ToArray()), Cancel);
        await real.CloseAsync(first);
        real.Redis.Send("FLUSHALL");
        var away = true;
        var store = await real.StartAsync(
            static o => o.Lease.Mode = LeaseMode.Off,
            cold => cold.Probe.Before = _ => Volatile.Read(ref away) ? throw new StoreUnavailableException("sqlite", "it is away") : Task.CompletedTask);

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.GetAsync(Session, AuthKey.Creds, Cancel));

        Volatile.Write(ref away, false);
        Assert.Equal("{\"identity\":1}"u8.ToArray(), (await store.GetAsync(Session, AuthKey.Creds, Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task CommitsThatWait_AreCiphertextInRedis()
    {
        await using var real = await RealStores.StartAsync();
        var secret = Encoding.UTF8.GetBytes("a private key that nobody should see");

        await QueueAsync(real, secret);

        var all = real.Redis.Send("EVAL", DumpAll, "0");
        Assert.Contains(Session.Session, all, StringComparison.Ordinal);
        Assert.DoesNotContain("private key", all, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(secret), all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RecordsDroppedFromRedisBeforeTheyWereDrained_AreReadAsTheyWereAcknowledged()
    {
        await using var real = await RealStores.StartAsync();
        await QueueAsync(real, "newest"u8.ToArray());
        await using (var tier = new HybridStore.Redis.RedisHotTier(real.Redis.ConnectionString))
        {
            await HybridStore.Redis.Tests.Support.Eventually.AnswersAsync(() => tier.ReadAsync(Session, [], withDataKeys: false, Cancel));
            await tier.EvictAsync(Session, Cancel);
        }

        // On a busy machine giving the lease back may have run into its time limit: then it runs out.
        await using var session = await (await real.StartAsync(static o => o.Lease.AcquireTimeout = TimeSpan.FromMinutes(1))).OpenAsync(Session, Cancel);

        Assert.False(session.IsRolledBack);
        Assert.Equal("newest"u8.ToArray(), (await session.GetAsync(AuthKeyTypes.PreKey, "a", Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task StaleAndInventedVersions_AreConflictsAndChangeNothing()
    {
        await using var real = await RealStores.StartAsync();
        var store = await real.StartAsync(static o => o.Lease.Mode = LeaseMode.Off);
        for (byte value = 1; value <= 3; value++)
            await store.CommitAsync(Session, Put("a", value), Cancel);

        foreach (var version in (long[])[1, 999])
            await Assert.ThrowsAsync<CommitConflictException>(async () => await store.CommitAsync(Session, Put("a", 9).ExpectSession(version), Cancel));

        Assert.Equal(3, (await store.FindSessionAsync(Session, Cancel))!.Version);
        Assert.Equal(new byte[] { 3 }, (await store.GetAsync(Session, new AuthKey(AuthKeyTypes.PreKey, "a"), Cancel)).Value.ToArray());
    }

    [Fact]
    public async Task RedisComesBackAfterSeconds_TheSameStoreUsesItAgain()
    {
        await using var real = await RealStores.StartAsync();
        var store = await real.StartAsync();
        await using var session = await store.OpenAsync(Session, Cancel);
        await session.CommitAsync(Put("a", 1), Cancel);
        await real.Redis.KillAsync();
        Assert.Equal(CommitOutcome.Persisted, (await session.CommitAsync(Put("a", 2).Require(Durability.Queued), Cancel)).Outcome);

        await real.Redis.StartAgainAsync();

        byte value = 2;
        await HybridStore.Redis.Tests.Support.Eventually.TrueAsync(
            async () => (await session.CommitAsync(Put("a", ++value).Require(Durability.Queued), Cancel)).Outcome == CommitOutcome.Queued, "a commit that Redis takes");
    }

    private static AuthPatch Put(string id, byte value) => new AuthPatch().Set(AuthKeyTypes.PreKey, id, new[] { value });

    /// <summary>A bot that ended while the database would not take its last commit.</summary>
    private static async Task QueueAsync(RealStores real, byte[] value)
    {
        var away = false;
        var store = await real.StartAsync(
            static o => o.Outbox.MaxTries = 1_000,
            cold => cold.Probe.Before = operation => operation == TierOperation.Commit && Volatile.Read(ref away) ? throw new StoreUnavailableException("sqlite", "it is away") : Task.CompletedTask);
        await using (var session = await store.OpenAsync(Session, Cancel))
        {
            await session.CommitAsync(Put("a", 0), Cancel);
            Volatile.Write(ref away, true);
            Assert.Equal(CommitOutcome.Queued, (await session.CommitAsync(new AuthPatch().Set(AuthKeyTypes.PreKey, "a", value).Require(Durability.Queued), Cancel)).Outcome);
        }

        await real.CloseAsync(store);
    }

    private static async Task AssertAllAsync(HybridAuthStore store)
    {
        for (var i = 0; i < Writers; i++)
            Assert.Equal(new[] { (byte)i }, (await store.GetAsync(Session, new AuthKey(AuthKeyTypes.PreKey, $"{i}"), Cancel)).Value.ToArray());
    }
}
