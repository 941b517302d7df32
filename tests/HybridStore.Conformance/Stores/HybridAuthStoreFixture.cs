using HybridStore.Codec;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Stores;

/// <summary>A fixture of the library's own store over tiers that the deriving class opens.</summary>
public abstract class HybridAuthStoreFixture : AuthStoreFixture
{
    private readonly List<HybridAuthStore> _stores = [];
    private readonly string _masterKey = MasterKey.Generate().ToBase64();

    /// <summary>The clock of the stores; give it to the tiers too.</summary>
    public ManualClock Clock { get; } = new();

    /// <inheritdoc/>
    public override IReadOnlyList<string> Secrets => [_masterKey];

    /// <inheritdoc/>
    public override async ValueTask<OpenedStore> OpenAsync()
    {
        var cold = new FaultyColdTier(await OpenColdAsync(), DisposesTiers);
        var hot = await OpenHotAsync() is { } tier ? new FaultyHotTier(tier, DisposesTiers) : null;
        var options = new HybridAuthStoreOptions { MaxStaleness = MaxStaleness };
        options.Encryption.MasterKey = _masterKey;
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        Configure(options);
        var store = new HybridAuthStore(cold, hot, options, Clock);
        _stores.Add(store);
        return new OpenedStore(Wrap(store), cold, hot);
    }

    /// <inheritdoc/>
    public override ValueTask AdvanceAsync(TimeSpan by)
    {
        Clock.Advance(by);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether each store has tiers of its own, which are disposed of with it; <see langword="false"/> where all share one object.</summary>
    protected virtual bool DisposesTiers => true;

    /// <summary>Sets what is not as it is by default.</summary>
    /// <param name="options">The options of a store that is about to be opened.</param>
    protected virtual void Configure(HybridAuthStoreOptions options)
    {
    }

    /// <summary>Opens a cold tier on this fixture's storage.</summary>
    protected abstract ValueTask<IColdTier> OpenColdAsync();

    /// <summary>Opens a hot tier, or gives <see langword="null"/> for a store without.</summary>
    protected virtual ValueTask<IHotTier?> OpenHotAsync() => ValueTask.FromResult<IHotTier?>(null);

    /// <summary>Stands in front of the store; the store itself by default.</summary>
    /// <param name="store">The store.</param>
    protected virtual IAuthStateStore Wrap(IAuthStateStore store) => store;
}
