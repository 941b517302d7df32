using HybridStore.Codec;
using HybridStore.InMemory;
using HybridStore.Sqlite;

namespace HybridStore.Baileys.Tests;

/// <summary>A store over a real database in a folder of its own.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly string _folder;
    private readonly HybridAuthStore _store;

    private TestStore()
    {
        _folder = Directory.CreateTempSubdirectory("hybridstore-baileys-").FullName;
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        _store = new HybridAuthStore(
            new SqliteColdTier(new SqliteColdTierOptions { Path = Path.Combine(_folder, "store.db") }, TimeProvider.System),
            new InMemoryHotTier(16 * 1024 * 1024),
            options);
    }

    public IAuthStateStore Store => _store;

    public static TestStore Create() => new();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
