using HybridStore.FaultLab.History;
using HybridStore.FaultLab.Servers;
using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Nemesis;

/// <summary>What happens to the servers and to SQLite's files.</summary>
internal static class ServerFaults
{
    public static IEnumerable<Fault> Of(Lab lab)
    {
        yield return new Fault("redisKilled", Lane.Servers, async random =>
        {
            var redis = Any(lab, random);
            Ends(lab, redis);
            await redis.KillAsync();
            await Wait.SomeAsync(random, 0, 2500);
            await redis.StartAsync();
        }, Weight: 6);
        yield return new Fault("redisPaused", Lane.Servers, async random =>
        {
            var redis = Any(lab, random);
            redis.Pause(true);
            await Wait.SomeAsync(random, 300, 4000);
            redis.Pause(false);
        });
        yield return new Fault("redisFlushed", Lane.Servers, random =>
        {
            var redis = Any(lab, random);
            Loses(lab, redis);
            return redis.FlushAsync();
        });
        yield return new Fault("postgresKilled", Lane.Servers, async random =>
        {
            await lab.PostgreSql.KillAsync();
            await Wait.SomeAsync(random, 0, 2500);
            await lab.PostgreSql.StartAsync();
        }, Weight: 6);
        yield return new Fault("postgresPaused", Lane.Servers, async random =>
        {
            var paused = lab.PostgreSql.Pause();
            await Wait.SomeAsync(random, 300, 4000);
            Signal.Send("CONT", paused);
        });
        yield return new Fault("postgresRestarted", Lane.Servers, async random =>
        {
            await lab.PostgreSql.StopAsync();
            await Wait.SomeAsync(random, 0, 1500);
            await lab.PostgreSql.StartAsync();
        });

        // A server that claims to keep everything is not set back, nor left for a lagging replica: that is for its operator to see to (docs/redis.md).
        yield return new Fault("redisSetBack", Lane.Servers, async random =>
        {
            await lab.Pair[0].CopyAsync();
            Loses(lab, lab.Pair[0]);
            await Wait.SomeAsync(random, 1000, 5000);
            await lab.Pair[0].SetBackAsync();
        }, Weight: 2);
        yield return new Fault("redisFailedOver", Lane.Servers, random => FailOverAsync(lab, random), Weight: 3);

        if (lab.Setups.Exists(static s => s.PostgreSql is not null))
            yield return new Fault("postgresSetBack", Lane.Servers, random => ColdSetBack.StrikeAsync(lab, random), Weight: 1, IsPlain: false);
        if (LabFolder.MayMount)
        {
            yield return new Fault("redisDiskFull", Lane.Servers, random =>
            {
                var redis = Any(lab, random);
                Ends(lab, redis);
                return redis.FillDiskAsync(() => Wait.SomeAsync(random, 500, 3000));
            }, Weight: 2);
            yield return new Fault("postgresDiskFull", Lane.Servers, random => lab.PostgreSql.FillDiskAsync(() => Wait.SomeAsync(random, 500, 3000)), Weight: 2);
        }

        if (lab.MongoDb is { } mongoDb)
        {
            foreach (var fault in MongoDbFaults.Of(mongoDb))
                yield return fault;
        }

        if (!lab.Setups.Exists(static s => s.Sqlite is not null))
            yield break;
        yield return new Fault("sqliteLocked", Lane.Servers, random => SqliteFaults.LockAsync(lab, random));
        yield return new Fault("sqliteSetBack", Lane.Servers, random => SqliteFaults.SetBackAsync(lab, random), Weight: 1, IsPlain: false);
    }

    /// <summary>Ends every server and starts it again, and the replica with nothing.</summary>
    public static async Task MendAsync(Lab lab)
    {
        foreach (var redis in (LabRedis[])[lab.Redis, lab.Pair[0]])
        {
            Ends(lab, redis);
            if (await redis.MendAsync(empty: false))
                Loses(lab, redis);
        }

        await lab.Pair[1].MendAsync(empty: true);
        await lab.PostgreSql.MendAsync();
        if (lab.MongoDb is not null)
            await lab.MongoDb.MendAsync();
    }

    /// <summary>The setups whose hot tier is on a server.</summary>
    public static IEnumerable<Setup> On(Lab lab, LabRedis redis) =>
        lab.Setups.Where(s => s.Redis is not null && (s.Name == "queued") == !redis.KeepsEverything);

    public static void Loses(Lab lab, LabRedis redis) => lab.Note(HistoryEvent.HotLoses, "hot", On(lab, redis));

    /// <summary>It ends, or may end, and what is not on its disk is gone.</summary>
    private static void Ends(Lab lab, LabRedis redis) => lab.Note(redis.KeepsEverything ? HistoryEvent.HotRestarts : HistoryEvent.HotLoses, "hot", On(lab, redis));

    /// <summary>The replica stands still while the master goes on, and is promoted when the master dies.</summary>
    private static async Task FailOverAsync(Lab lab, Random random)
    {
        var (master, replica) = (lab.Pair[0], lab.Pair[1]);
        await replica.FollowAsync(master);
        replica.Pause(true);
        await Wait.SomeAsync(random, 100, 2500);
        Loses(lab, master);
        await master.KillAsync();
        replica.Pause(false);
        await replica.PromoteAsync();
        (lab.Pair[0], lab.Pair[1]) = (replica, master);
        foreach (var setup in On(lab, replica))
            lab.Ways[setup.Name].Redis!.MoveTo(replica.Port);
        await master.StartAsync();
        await master.FollowAsync(replica);
    }

    private static LabRedis Any(Lab lab, Random random) => random.Next(2) == 0 ? lab.Redis : lab.Pair[0];
}
