using HybridStore.Codec;
using HybridStore.Conformance;
using HybridStore.InMemory;
using HybridStore.Tiers;

namespace HybridStore.Tests.Outbox;

/// <summary>One hot server and one cold store, and as many processes over them as a test wants.</summary>
internal sealed class QueueFixture : IAsyncDisposable
{
    public static readonly AuthKey Creds = AuthKey.Creds;
    public static readonly AuthKey A = new("session", "a");
    public static readonly AuthKey B = new("session", "b");
    public static readonly AuthKey Mapping = new("lid-mapping", "m");
    private readonly List<HybridAuthStore> _stores = [];
    private readonly string _masterKey = MasterKey.Generate().ToBase64();
    private readonly InMemoryColdTier _cold;

    public QueueFixture()
    {
        Clock = new ManualClock();
        Server = new ModelHotServer(Clock);
        _cold = new InMemoryColdTier(Clock);
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public AuthSessionId Session { get; } = new("clinic", "reception");

    public ManualClock Clock { get; }

    public ModelHotServer Server { get; }

    public IColdTier RealCold => _cold;

    /// <summary>Starts another process.</summary>
    public QueueProcess Start(Action<HybridAuthStoreOptions>? configure = null)
    {
        var cold = new HybridStore.Conformance.FaultyColdTier(_cold, disposesInner: false);
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = _masterKey;
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        // Each failure once, as it is made, and no timers besides those that a test waits for: trying again and time limits are tested by themselves.
        options.Resilience.Cold.Retry.MaxAttempts = options.Resilience.Hot.Retry.MaxAttempts = 1;
        options.Resilience.Cold.Timeout = Timeout.InfiniteTimeSpan;
        options.Lease.AcquireTimeout = TimeSpan.Zero;
        options.Outbox.ReconcileInterval = Timeout.InfiniteTimeSpan;
        options.Outbox.DrainTimeout = TimeSpan.Zero;
        configure?.Invoke(options);
        var store = new HybridAuthStore(cold, Server.Connect(), options, Clock);
        _stores.Add(store);
        return new QueueProcess(store, cold);
    }

    /// <summary>Starts a process and opens the session with something in it.</summary>
    public async Task<(QueueProcess Process, AuthSession Session)> OpenAsync(Action<HybridAuthStoreOptions>? configure = null)
    {
        var process = Start(configure);
        var session = await process.Store.OpenAsync(Session, Cancel);
        if (!(await session.GetAsync(A, Cancel)).Exists)
            await session.CommitAsync(new AuthPatch().Set(A, new byte[] { 1 }).Set(B, new byte[] { 1 }), Cancel);
        return (process, session);
    }

    /// <summary>Lets leases of processes that are gone run out.</summary>
    public void PassLease()
    {
        Server.OnRequest = static o => o == TierOperation.RenewInHot ? throw new StoreUnavailableException("model", "nobody asks any more") : Task.CompletedTask;
        Clock.Advance(TimeSpan.FromSeconds(31));
        Server.OnRequest = null;
    }

    /// <summary>Lets the time go on whenever somebody waits for a moment of it, until something is done.</summary>
    public async Task<T> WhileTimePassesAsync<T>(ValueTask<T> doing)
    {
        var task = doing.AsTask();
        while (!task.IsCompleted)
        {
            if (Clock.HasDelay)
                Clock.Advance(TimeSpan.FromMilliseconds(20));
            await Task.Yield();
        }

        return await task;
    }

    public async Task<long> ColdVersionAsync() => (await _cold.ReadAsync(Session, [], false, Cancel)).Head?.Version ?? 0;

    public async Task<HotOutboxState?> OutboxAsync() => (await Server.Connect().ReadAsync(Session, [], false, Cancel)).Outbox;

    public async Task<byte> ColdAheadAsync() => (byte)((await _cold.ReadAsync(Session, [], false, Cancel)).Head?.AheadEpoch ?? 0);

    public Task UntilColdIsAtAsync(long version) => UntilAsync(async () => await ColdVersionAsync() >= version, TimeSpan.Zero);

    /// <summary>Lets pass what it takes until hot is told that cold has everything.</summary>
    public Task UntilHotIsToldAsync() => UntilAsync(async () => await OutboxAsync() is { IsEmpty: true }, TimeSpan.FromMilliseconds(100));

    /// <summary>Lets pass what it takes until the session is parked.</summary>
    public Task UntilParkedAsync(QueueProcess process) =>
        UntilAsync(async () => (await process.Store.Outbox.ShowAsync(Session, Cancel))?.Parked is not null, TimeSpan.FromSeconds(1));

    /// <summary>Lets the time pass, a step each time, until something is so that other threads bring about.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition, TimeSpan step)
    {
        while (!await condition())
        {
            Clock.Advance(step);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancel);
        }
    }

    public static AuthPatch Put(AuthKey key, byte value) => new AuthPatch().Set(key, new[] { value });

    public static AuthPatch Queued(AuthKey key, byte value) => Put(key, value).Require(Durability.Queued);

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
        await _cold.DisposeAsync();
    }
}

/// <summary>A process: its store, and what stands between it and cold.</summary>
internal sealed record QueueProcess(HybridAuthStore Store, HybridStore.Conformance.FaultyColdTier Cold)
{
    public void LoseCold() => Cold.Probe.TakeDown("memory");

    public void FindCold() => Cold.Probe.Restore();
}
