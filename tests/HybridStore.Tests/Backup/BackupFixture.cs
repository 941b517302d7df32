using HybridStore.Codec;
using HybridStore.Conformance;
using HybridStore.InMemory;
using HybridStore.Sqlite;

namespace HybridStore.Tests.Backup;

/// <summary>A folder with SQLite files and backups, and stores over them.</summary>
internal sealed class BackupFixture : IAsyncDisposable
{
    public static readonly AuthSessionId Session = new("clinic", "reception");
    public static readonly AuthSessionId Other = new("clinic/7", "reception ☎");
    public static readonly byte[] Creds = """{"noiseKey":{"type":"Buffer","data":"AQID"}, "nextPreKeyId":813,"nested":{"nextPreKeyId":1},"firstUnuploadedPreKeyId":812,"me":{"id":"5511:1@s"}}"""u8.ToArray();

    private readonly List<HybridAuthStore> _stores = [];
    private string _masterKey = NewKey();

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string Folder { get; } = Directory.CreateTempSubdirectory("hybridstore-backup-").FullName;

    public string File => Path.Join(Folder, "all.backup");

    public string Keys => Path.Join(Folder, "all.keys");

    public ManualClock Clock { get; } = new();

    /// <summary>A store with another key from now on.</summary>
    public void ChangeMasterKey() => _masterKey = NewKey();

    /// <summary>Opens a store over a file; again over the same file: another process.</summary>
    public (HybridAuthStore Store, HybridStore.Conformance.FaultyColdTier Cold) Start(string database = "a.db", Action<HybridAuthStoreOptions>? configure = null)
    {
        var cold = new HybridStore.Conformance.FaultyColdTier(new SqliteColdTier(new SqliteColdTierOptions { Path = Path.Join(Folder, database) }, Clock));
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = _masterKey;
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        options.Resilience.Cold.Retry.MaxAttempts = options.Resilience.Hot.Retry.MaxAttempts = 1;
        options.Lease.AcquireTimeout = TimeSpan.Zero;
        options.Outbox.ReconcileInterval = Timeout.InfiniteTimeSpan;
        configure?.Invoke(options);
        var store = new HybridAuthStore(cold, new InMemoryHotTier(1024 * 1024), options, Clock);
        _stores.Add(store);
        return (store, cold);
    }

    /// <summary>A session with a record of each kind, at version 2.</summary>
    public static async Task FillAsync(HybridAuthStore store, AuthSessionId session)
    {
        await store.CommitAsync(session, new AuthPatch().Set(AuthKey.Creds, Creds).Set("pre-key", "1", Value(1)).Set("unknown-type", "x", Value(2)), Cancel);
        await store.CommitAsync(
            session,
            new AuthPatch()
                .Set("session", "5511.0", Value(3))
                .Set("sender-key", "g@g.us::5511::0", Value(4))
                .Set("sender-key-memory", "g@g.us", Value(5))
                .Set("device-list", "5511", Value(6))
                .Set("identity-key", "5511.0", Value(7))
                .Set("app-state-sync-version", "regular", Enumerable.Repeat((byte)9, 20_000).ToArray()),
            Cancel);
    }

    public static byte[] Value(byte value) => [value, 1, 2, 3];

    public ValueTask<IReadOnlyList<BackedUpSession>> BackUpAsync(HybridAuthStore store, bool withKeys = true) =>
        store.Backup.WriteAsync(new AuthBackupRequest(File) { KeysPath = withKeys ? Keys : null }, Cancel);

    public ValueTask<IReadOnlyList<RestoredSession>> RestoreAsync(HybridAuthStore store, bool withKeys = true, bool replace = false) =>
        store.Backup.RestoreAsync(new AuthRestoreRequest(File) { KeysPath = withKeys ? Keys : null, Replace = replace }, Cancel);

    /// <summary>All that a session has, by key.</summary>
    public static async Task<Dictionary<string, byte[]>> ContentsAsync(HybridAuthStore store, AuthSessionId session)
    {
        var contents = new Dictionary<string, byte[]>();
        await foreach (var record in store.EnumerateAsync(session, cancellationToken: Cancel))
            contents.Add(record.Key.ToString(), record.Value.ToArray());
        return contents;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static string NewKey()
    {
        using var key = MasterKey.Generate();
        return key.ToBase64();
    }
}
