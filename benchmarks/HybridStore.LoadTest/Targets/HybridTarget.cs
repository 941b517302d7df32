using HybridStore.Codec;
using HybridStore.LoadTest.Traces;
using HybridStore.Tiers;

namespace HybridStore.LoadTest.Targets;

/// <summary>HybridStore, as an application uses it: with its default options but for the durability, and encrypted.</summary>
internal sealed class HybridTarget(string name, IColdTier cold, IHotTier? hot, Durability? durability) : ITarget
{
    private readonly HybridAuthStore _store = new(cold, hot, Options());

    public string Name => name;

    public IAuthStateStore Store => _store;

    public async Task ImportAsync(string session, IEnumerable<StateRecord> records) => await _store.ImportAsync(IdOf(session), EntriesAsync(records));

    public async Task<ITargetSession> OpenAsync(string session) => new Session(await _store.OpenAsync(IdOf(session)), durability);

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static AuthSessionId IdOf(string session) => new("load", session);

    private static HybridAuthStoreOptions Options()
    {
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = MasterKey.Generate().ToBase64();
        return options;
    }

    private static async IAsyncEnumerable<AuthEntry> EntriesAsync(IEnumerable<StateRecord> records)
    {
        foreach (var record in records)
            yield return new AuthEntry(record.Key, RecordContent.Make(record));
        await Task.CompletedTask;
    }

    private sealed class Session(AuthSession session, Durability? durability) : ITargetSession
    {
        public ValueTask<ReadOnlyMemory<byte>?> GetAsync(AuthKey key)
        {
            var get = session.GetAsync(key);
            return get.IsCompletedSuccessfully ? new(ValueOf(get.GetAwaiter().GetResult())) : AwaitedAsync(get);
        }

        public async ValueTask<int> GetManyAsync(AuthKey[] keys)
        {
            var records = await session.GetManyAsync(keys);
            var count = 0;
            foreach (var record in records)
                count += record.Exists ? 1 : 0;
            return count;
        }

        public async ValueTask CommitAsync(RecordWrite[] writes)
        {
            var patch = new AuthPatch();
            if (durability is { } asked)
                patch.Require(asked);
            foreach (var write in writes)
                _ = write.Value is { } value ? patch.Set(write.Key, value) : patch.Delete(write.Key);
            await session.CommitAsync(patch);
        }

        public ValueTask DisposeAsync() => session.DisposeAsync();

        private static ReadOnlyMemory<byte>? ValueOf(AuthRecord record) => record.Exists ? (ReadOnlyMemory<byte>?)record.Value : null;

        private static async ValueTask<ReadOnlyMemory<byte>?> AwaitedAsync(ValueTask<AuthRecord> get) => ValueOf(await get);
    }
}
