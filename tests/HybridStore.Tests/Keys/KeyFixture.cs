using HybridStore.Codec;
using HybridStore.Conformance;
using HybridStore.InMemory;
using HybridStore.Tiers;

namespace HybridStore.Tests.Keys;

/// <summary>One cold tier, and as many stores over it as a test wants: each is what another process would be.</summary>
internal sealed class KeyFixture : IAsyncDisposable
{
    private readonly List<HybridAuthStore> _stores = [];
    private readonly InMemoryColdTier _cold;

    public KeyFixture() => _cold = new InMemoryColdTier(Clock);

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static AuthSessionId Session { get; } = new("clinic", "reception");

    public static AuthKey Key { get; } = new(AuthKeyTypes.Session, "a");

    public ManualClock Clock { get; } = new();

    public string MasterKey { get; set; } = NewKey();

    public IColdKeys Keys => _cold.Keys!;

    public IColdTier Cold => _cold;

    public static string NewKey()
    {
        using var key = HybridStore.Codec.MasterKey.Generate();
        return key.ToBase64();
    }

    /// <summary>Another process.</summary>
    public (HybridAuthStore Store, Conformance.FaultyColdTier Cold) Open(Action<EncryptionOptions>? configure = null, TimeProvider? clock = null, IHotTier? hot = null)
    {
        var cold = new Conformance.FaultyColdTier(_cold, disposesInner: false);
        var options = new HybridAuthStoreOptions { MaxStaleness = TimeSpan.Zero };
        options.Encryption.MasterKey = MasterKey;
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        options.Resilience.Cold.Retry.MaxAttempts = options.Resilience.Hot.Retry.MaxAttempts = 1;
        configure?.Invoke(options.Encryption);
        var store = new HybridAuthStore(cold, hot, options, clock ?? Clock);
        _stores.Add(store);
        return (store, cold);
    }

    public static AuthSessionId Numbered(int number) => new("clinic", $"{number:D4}");

    public static async Task WriteAsync(HybridAuthStore store, AuthSessionId session, byte fill = 1, string id = "a") =>
        _ = await store.CommitAsync(session, new AuthPatch().Set(AuthKeyTypes.Session, id, Enumerable.Repeat(fill, 40).ToArray()), Cancel);

    public static async Task<byte> ReadAsync(HybridAuthStore store, AuthSessionId session, string id = "a")
    {
        var record = await store.GetAsync(session, new AuthKey(AuthKeyTypes.Session, id), Cancel);
        Assert.True(record.Exists);
        Assert.Equal(40, record.Value.Length);
        return record.Value.Span[0];
    }

    /// <summary>The master keys that the wrapped data keys in cold name.</summary>
    public async Task<List<string>> NamedAsync()
    {
        var named = new List<string>();
        await foreach (var session in _cold.ListSessionsAsync(null, Cancel))
        {
            foreach (var key in (await _cold.ReadAsync(session.Id, [], withDataKeys: true, Cancel)).DataKeys)
                named.Add(HybridStore.Codec.MasterKey.Describe(DataKeyWrapper.MasterKeyOf(key)!.Value));
        }

        return named;
    }

    /// <summary>Every envelope in cold, by session and record.</summary>
    public async Task<Dictionary<string, string>> EnvelopesAsync()
    {
        var envelopes = new Dictionary<string, string>();
        await foreach (var session in _cold.ListSessionsAsync(null, Cancel))
        {
            await foreach (var record in _cold.EnumerateAsync(session.Id, null, Cancel))
                envelopes[$"{session.Id}:{record.Key}@{record.Version}"] = Convert.ToHexString(record.Envelope.Span);
        }

        return envelopes;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
        await _cold.DisposeAsync();
    }
}
