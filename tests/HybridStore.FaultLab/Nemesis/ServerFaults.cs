using HybridStore.FaultLab.History;
using HybridStore.FaultLab.Servers;
using HybridStore.FaultLab.Setups;

namespace HybridStore.FaultLab.Nemesis;

/// <summary>What happens to Redis and PostgreSQL.</summary>
internal static class ServerFaults
{
    public static IEnumerable<Fault> Of(Lab lab)
    {
        yield return new Fault("redisKilled", Lane.Servers, async random =>
        {
            var redis = Any(lab, random);
            if (!redis.KeepsEverything)
                Loses(lab, redis);
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
            redis.Send("FLUSHALL");
            return Task.CompletedTask;
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
    }

    /// <summary>The setups whose hot tier is on a server.</summary>
    public static IEnumerable<Setup> On(Lab lab, LabRedis redis) =>
        lab.Setups.Where(s => s.Redis is not null && (s.Name == "queued") == !redis.KeepsEverything);

    public static void Loses(Lab lab, LabRedis redis) => lab.Note(HistoryEvent.HotLoses, "hot", On(lab, redis));

    private static LabRedis Any(Lab lab, Random random) => random.Next(2) == 0 ? lab.Redis : lab.Pair[0];
}
