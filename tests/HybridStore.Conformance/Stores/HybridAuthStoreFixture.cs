using HybridStore.Codec;
using HybridStore.Conformance.Leaks;
using HybridStore.Tiers;

namespace HybridStore.Conformance.Stores;

/// <summary>A fixture of the library's own store over tiers that the deriving class opens.</summary>
public abstract class HybridAuthStoreFixture : AuthStoreFixture
{
    private readonly List<HybridAuthStore> _stores = [];
    private readonly string _masterKey = MasterKey.Generate().ToBase64();
    private ListeningCipher? _cipher;

    /// <summary>Searches the whole run for its secrets; give the tiers its loggers, and tell it of passwords.</summary>
    public LeakWatch Watch { get; } = new();

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
        // Each failure once, as it is made: that calls are tried again is tested by itself, and takes time that nobody lets pass here. And no time limit: the tests' clock
        // runs ahead of real tiers, which are then taken for ones that don't answer.
        options.Resilience.Cold.Retry.MaxAttempts = options.Resilience.Hot.Retry.MaxAttempts = 1;
        options.Resilience.Cold.Timeout = Timeout.InfiniteTimeSpan;
        options.Encryption.AddCipher(_cipher ??= new ListeningCipher(Watch.Detector)).Cipher = ListeningCipher.Number;
        Configure(options);
        Watch.Detector.Add("the master key", Convert.FromBase64String(_masterKey));
        Watch.Detector.Add("the master key", _masterKey);
        cold.Probe.OnWritten = bytes => Watch.See("what the cold tier was given", bytes.Span);
        if (hot is not null)
            hot.Probe.OnWritten = bytes => Watch.See("what the hot tier was given", bytes.Span);
        var store = new HybridAuthStore(cold, hot, options, Clock, Watch.Logger<HybridAuthStore>());
        _stores.Add(store);
        return new OpenedStore(WatchedStore.Over(Wrap(store), Watch.Detector), cold, hot);
    }

    /// <inheritdoc/>
    public override async ValueTask SearchAsync()
    {
        // Before, with what is written only at the end still in a log of its own; and after, with all that was.
        await SearchStorageAsync();
        await CloseAsync();
        await SearchStorageAsync();
        Watch.AssertNone();
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
        await CloseAsync();
        Watch.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Everything that this fixture's storage holds, as it is there: files, rows, keys. Nothing by default.</summary>
    protected virtual IAsyncEnumerable<StoreDump> DumpAsync() => AsyncEnumerable.Empty<StoreDump>();

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

    private async ValueTask CloseAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
    }

    private async ValueTask SearchStorageAsync()
    {
        await foreach (var (where, bytes) in DumpAsync())
            Watch.See(where, bytes.Span);
    }
}
