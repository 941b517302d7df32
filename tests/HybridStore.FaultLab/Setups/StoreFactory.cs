using HybridStore.Codec;
using HybridStore.FaultLab.History;
using HybridStore.FaultLab.MongoDb;
using HybridStore.PostgreSql;
using HybridStore.Redis;
using HybridStore.Sqlite;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging;

namespace HybridStore.FaultLab.Setups;

/// <summary>Opens the store of a setup as an application does.</summary>
internal static class StoreFactory
{
    public static HybridAuthStore Open(Setup setup, TimeProvider time, HistoryLog history, bool coldOnly = false, LeaseMode? lease = null)
    {
        var options = OptionsOf(setup, lease ?? setup.Lease);
        return new HybridAuthStore(
            ColdOf(setup, time), coldOnly ? null : HotOf(setup, time, new HistoryLogger<RedisHotTier>(history)), options, time, new HistoryLogger<HybridAuthStore>(history));
    }

    public static HybridAuthStoreOptions OptionsOf(Setup setup, LeaseMode lease)
    {
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = setup.MasterKey;
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        options.Lease.Mode = lease;

        // Bots that compete ask again by themselves.
        options.Lease.AcquireTimeout = TimeSpan.FromMilliseconds(300);
        options.Outbox.Durability["lab-head"] = Durability.Queued;
        if (setup.DefaultOptions)
            return options;
        options.Lease.Duration = TimeSpan.FromSeconds(3);
        options.Outbox.DrainTimeout = TimeSpan.FromSeconds(2);
        options.Outbox.ReconcileInterval = TimeSpan.FromSeconds(3);
        options.MaxStaleness = TimeSpan.FromMilliseconds(300);

        // A fault is over in seconds: breakers that stay open for half a minute would have the bots wait for most of the run.
        options.Resilience.Cold.Breaker.BreakDuration = options.Resilience.Hot.Breaker.BreakDuration = TimeSpan.FromSeconds(1);
        return options;
    }

    private static RedisHotTier? HotOf(Setup setup, TimeProvider time, ILogger<RedisHotTier> logger) => setup.Redis is null ? null : new RedisHotTier(
        setup.Redis,
        setup.DefaultOptions
            ? new RedisHotTierOptions { KeyPrefix = setup.Name }
            : new RedisHotTierOptions { KeyPrefix = setup.Name, OperationTimeout = TimeSpan.FromMilliseconds(700), MaxReconnectDelay = TimeSpan.FromMilliseconds(200) },
        time,
        logger);

    private static IColdTier ColdOf(Setup setup, TimeProvider time)
    {
        if (setup.Sqlite is { } path)
        {
            var options = new SqliteColdTierOptions { Path = path };
            if (!setup.DefaultOptions)
                options.BusyTimeout = TimeSpan.FromMilliseconds(700);
            return new SqliteColdTier(options, time);
        }

        if (setup.MongoDb is { } mongoDb)
            return MongoDbDriver.There!.Open(mongoDb, $"lab_{setup.Name}_", setup.DefaultOptions ? null : TimeSpan.FromSeconds(2), time);

        var schema = $"lab_{setup.Name.Replace('-', '_')}";
        return new PostgreSqlColdTier(
            setup.PostgreSql!,
            setup.DefaultOptions ? new PostgreSqlColdTierOptions { Schema = schema } : new PostgreSqlColdTierOptions { Schema = schema, OperationTimeout = TimeSpan.FromSeconds(2) },
            time);
    }
}
