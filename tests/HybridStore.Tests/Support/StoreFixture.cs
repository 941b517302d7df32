using System.Text.Json;
using HybridStore.Codec;
using HybridStore.Conformance;
using HybridStore.InMemory;
using HybridStore.Sqlite;

namespace HybridStore.Tests.Support;

/// <summary>A database of its own in a folder of its own, and as many stores over it as a test wants: each is what another process would be.</summary>
internal sealed class StoreFixture : IAsyncDisposable
{
    private readonly List<HybridAuthStore> _stores = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("hybridstore-").FullName;

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public AuthSessionId Session { get; } = new("clinic", "reception");

    public string MasterKey { get; set; } = HybridStore.Codec.MasterKey.Generate().ToBase64();

    public EnvelopeCipher Cipher { get; init; } = EnvelopeCipher.Aes256Gcm;

    public ManualClock Time { get; } = new();

    public string Path => System.IO.Path.Combine(_folder, "store.db");

    /// <summary>Applied to the options of every store that is opened from then on.</summary>
    public Action<HybridAuthStoreOptions>? Options { get; set; }

    public (HybridAuthStore Store, FaultyColdTier Cold, FaultyHotTier Hot) Open(bool withHot = true, Action<HybridAuthStoreOptions>? configure = null)
    {
        var cold = new FaultyColdTier(new SqliteColdTier(new SqliteColdTierOptions { Path = Path }, Time));
        var hot = new FaultyHotTier(new InMemoryHotTier(16 * 1024 * 1024));
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = MasterKey;
        options.Encryption.Cipher = Cipher;
        // Each failure once, as it is made, and no timers besides those that a test waits for: trying again and time limits are tested by themselves.
        options.Resilience.Cold.Retry.MaxAttempts = options.Resilience.Hot.Retry.MaxAttempts = 1;
        options.Resilience.Cold.Timeout = Timeout.InfiniteTimeSpan;
        Options?.Invoke(options);
        configure?.Invoke(options);
        var store = new HybridAuthStore(cold, withHot ? hot : null, options, Time);
        _stores.Add(store);
        return (store, cold, hot);
    }

    /// <summary>Waits for something that happens on other threads, and that nothing tells of.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancel);
    }

    public static byte[] Json(object value) => JsonSerializer.SerializeToUtf8Bytes(value);

    public static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> source)
    {
        var list = new List<T>();
        await foreach (var item in source.WithCancellation(Cancel))
            list.Add(item);
        return list;
    }

    public static async IAsyncEnumerable<AuthEntry> Entries(params (string Type, string Id, byte[] Value)[] entries)
    {
        foreach (var (type, id, value) in entries)
        {
            await Task.Yield();
            yield return new AuthEntry(new AuthKey(type, id), value);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
