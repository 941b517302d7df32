using HybridStore.Codec;
using HybridStore.Conformance;
using HybridStore.Redis;
using HybridStore.Redis.Tests.Support;
using HybridStore.Sqlite;
using Microsoft.Data.Sqlite;

namespace HybridStore.RedisSqlite.Tests.KnownFailures;

/// <summary>A real Redis in front of a real SQLite file, and stores over them as processes would have them: each with connections of its own.</summary>
internal sealed class RealStores : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-known-").FullName;
    private readonly string _masterKey = MasterKey.Generate().ToBase64();
    private readonly List<HybridAuthStore> _stores = [];

    private RealStores(RedisServer redis) => Redis = redis;

    public static AuthSessionId Session { get; } = new("clinic", "reception");

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public RedisServer Redis { get; }

    public string Database => Path.Join(_folder, "auth.db");

    public static async Task<RealStores> StartAsync() => new(await RedisServer.StartDurableAsync());

    /// <summary>Starts another process, and waits until it has Redis.</summary>
    public async Task<HybridAuthStore> StartAsync(Action<HybridAuthStoreOptions>? configure = null, Action<FaultyColdTier>? faults = null)
    {
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = _masterKey;
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        options.Lease.AcquireTimeout = TimeSpan.Zero;
        options.Outbox.ReconcileInterval = Timeout.InfiniteTimeSpan;
        options.Outbox.DrainTimeout = TimeSpan.Zero;
        configure?.Invoke(options);
        var cold = new FaultyColdTier(new SqliteColdTier(new SqliteColdTierOptions { Path = Database }, TimeProvider.System));
        var store = new HybridAuthStore(cold, new RedisHotTier(Redis.ConnectionString), options);
        _stores.Add(store);
        await store.InitializeAsync(Cancel);
        await Eventually.AnswersAsync(async () => await store.Outbox.ShowAsync(new AuthSessionId("nobody", "nothing"), Cancel) is null);
        faults?.Invoke(cold);
        return store;
    }

    /// <summary>The database as it is now, whole.</summary>
    public string Copy(string name)
    {
        var path = Path.Join(_folder, name);
        Put(Database, path);
        return path;
    }

    /// <summary>Puts a copy in the database's place, while nobody has it open.</summary>
    public void PutBack(string copy) => Put(copy, Database);

    public async Task CloseAsync(HybridAuthStore store)
    {
        _stores.Remove(store);
        await store.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
        await Redis.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static void Put(string from, string to)
    {
        foreach (var file in (string[])[to, $"{to}-wal", $"{to}-shm"])
            File.Delete(file);
        SQLitePCL.Batteries_V2.Init();
        using var source = new SqliteConnection($"Data Source={from};Pooling=False");
        using var target = new SqliteConnection($"Data Source={to};Pooling=False");
        source.Open();
        target.Open();
        source.BackupDatabase(target);
    }
}
