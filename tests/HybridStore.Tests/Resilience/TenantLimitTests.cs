using HybridStore.Conformance;
using HybridStore.DependencyInjection;
using HybridStore.InMemory;

namespace HybridStore.Tests.Resilience;

/// <summary>No tenant takes more than its share, and none pays for another.</summary>
public sealed class TenantLimitTests : IAsyncDisposable
{
    private static readonly AuthKey A = new("session", "a");
    private readonly ManualClock _clock = new();
    private readonly List<HybridAuthStore> _stores = [];
    private readonly InMemoryColdTier _tier;

    public TenantLimitTests() => _tier = new InMemoryColdTier(_clock);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CommitsPerSecond_TheBurstIsTaken_ThenRefused_ThenAgain()
    {
        var (store, cold) = Open(static l => (l.CommitsPerSecond, l.Burst) = (2, TimeSpan.FromSeconds(2)));
        for (byte i = 0; i < 4; i++)
            await CommitAsync(store, "a", i);
        var sent = cold.Probe.Count(TierOperation.Commit);

        var refused = await Assert.ThrowsAsync<TenantLimitException>(() => CommitAsync(store, "a", 9));

        Assert.Equal((TenantLimit.CommitsPerSecond, TimeSpan.FromSeconds(0.5), "a", true), (refused.Limit, refused.RetryAfter, refused.Tenant, refused.IsTransient));
        Assert.Equal(sent, cold.Probe.Count(TierOperation.Commit));
        Assert.Equal([3], (await store.GetAsync(new AuthSessionId("a", "s"), A, Cancel)).Value.ToArray());
        await CommitAsync(store, "b", 1);
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        await CommitAsync(store, "a", 9);
        await Assert.ThrowsAsync<TenantLimitException>(() => CommitAsync(store, "a", 10));
    }

    [Fact]
    public async Task RecordsAndBytesPerSecond_AreCounted_AndALargerCommitIsOwed()
    {
        var (store, _) = Open(static l => (l.RecordsPerSecond, l.BytesPerSecond, l.Burst) = (10, 100, TimeSpan.FromSeconds(1)));

        // More than all that can be saved: taken once, and then owed.
        await store.CommitAsync(new AuthSessionId("a", "s"), new AuthPatch().Set(A, new byte[300]), Cancel);
        Assert.Equal(TenantLimit.BytesPerSecond, (await Assert.ThrowsAsync<TenantLimitException>(() => CommitAsync(store, "a", 1))).Limit);
        _clock.Advance(TimeSpan.FromSeconds(2.1));
        await CommitAsync(store, "a", 1);

        var many = new AuthPatch();
        for (var i = 0; i < 10; i++)
            many.Set("session", $"{i}", new byte[1]);
        await store.CommitAsync(new AuthSessionId("b", "s"), many, Cancel);
        Assert.Equal(TenantLimit.RecordsPerSecond, (await Assert.ThrowsAsync<TenantLimitException>(() => CommitAsync(store, "b", 1))).Limit);
    }

    [Fact]
    public async Task ConcurrentCommits_AsManyAsMayWait_Wait_AndOneMoreIsRefused()
    {
        var (store, cold) = Open(static l => (l.MaxConcurrentCommits, l.MaxWaitingCommits) = (1, 1));
        await CommitAsync(store, "a", 1);
        var gate = new Support.Gate();
        cold.Probe.Before = o => o == TierOperation.Commit ? gate.PassAsync() : Task.CompletedTask;
        var first = CommitAsync(store, "a", 2, "s1");
        await gate.Reached;
        var second = CommitAsync(store, "a", 3, "s2");

        var refused = await Assert.ThrowsAsync<TenantLimitException>(() => CommitAsync(store, "a", 4, "s3"));
        Assert.Equal(TenantLimit.ConcurrentCommits, refused.Limit);
        gate.Open();

        await first;
        await second;
        cold.Probe.Restore();
        await CommitAsync(store, "a", 5);
    }

    [Fact]
    public async Task Records_BeyondTheLimit_AreRefused_UntilSomethingIsDeleted()
    {
        var (store, _) = Open(static l => l.MaxRecords = 3);
        var session = new AuthSessionId("a", "s");
        await store.CommitAsync(session, new AuthPatch().Set("session", "1", new byte[1]).Set("session", "2", new byte[1]).Set("session", "3", new byte[1]), Cancel);

        var refused = await Assert.ThrowsAsync<TenantLimitException>(async () => await store.CommitAsync(new AuthSessionId("a", "t"), new AuthPatch().Set("session", "4", new byte[1]), Cancel));
        Assert.Equal((TenantLimit.Records, false), (refused.Limit, refused.IsTransient));
        await store.CommitAsync(new AuthSessionId("b", "s"), new AuthPatch().Set("session", "1", new byte[1]), Cancel);
        await store.CommitAsync(session, new AuthPatch().Set(AuthKey.Creds, Support.StoreFixture.Json(new { })), Cancel);
        await store.CommitAsync(session, new AuthPatch().Delete("session", "1").Delete("session", "2"), Cancel);
        _clock.Advance(TimeSpan.FromSeconds(11));

        await store.CommitAsync(new AuthSessionId("a", "t"), new AuthPatch().Set("session", "4", new byte[1]), Cancel);
    }

    [Fact]
    public async Task WhatIsThere_IsCountedInCold_WhoeverWroteIt()
    {
        await CommitAsync(Open(static _ => { }).Store, "a", 1);
        var (store, _) = Open(static l => l.MaxRecords = 1);

        await Assert.ThrowsAsync<TenantLimitException>(async () => await store.CommitAsync(new AuthSessionId("a", "t"), new AuthPatch().Set("session", "x", new byte[1]), Cancel));
        Assert.False((await store.GetAsync(new AuthSessionId("a", "t"), new AuthKey("session", "x"), Cancel)).Exists);
    }

    [Fact]
    public async Task OverwritingTheSameRecord_IsNeverRefusedForLong()
    {
        var (store, cold) = Open(static l => l.MaxRecords = 5);
        for (byte i = 0; i < 100; i++)
        {
            await CommitAsync(store, "a", i);
            _clock.Advance(TimeSpan.FromSeconds(3));
        }

        // Counted when the sum went beyond the limit, and not with every commit.
        Assert.InRange(cold.Probe.Count(TierOperation.Summarize), 2, 30);
    }

    [Fact]
    public async Task ColdDoesNotAnswer_NothingIsRefusedForWhatIsStored()
    {
        var (store, cold) = Open(static l => l.MaxBytes = 1);
        cold.Probe.Before = static o => o == TierOperation.List ? throw new StoreUnavailableException("memory", "It is down.") : Task.CompletedTask;

        await CommitAsync(store, "a", 1);

        cold.Probe.Restore();
        Assert.Equal(TenantLimit.Bytes, (await Assert.ThrowsAsync<TenantLimitException>(() => CommitAsync(store, "a", 2))).Limit);
    }

    [Fact]
    public async Task ATenantOfItsOwn_HasItsOwnLimits()
    {
        var (store, _) = Open(static l => (l.CommitsPerSecond, l.Burst) = (1, TimeSpan.FromSeconds(1)), static o => o.TenantLimits.Tenants["free"] = new TenantLimits());
        for (byte i = 0; i < 50; i++)
            await CommitAsync(store, "free", i);
        await CommitAsync(store, "a", 1);

        await Assert.ThrowsAsync<TenantLimitException>(() => CommitAsync(store, "a", 2));
    }

    [Fact]
    public async Task WhoIsIdle_IsForgotten()
    {
        using var limiters = new HybridStore.Resilience.TenantLimiters(new TenantLimitOptions { Default = { CommitsPerSecond = 5 } }, _tier, _clock);
        for (var i = 0; i < 500; i++)
            (await limiters.AdmitAsync(new AuthSessionId($"t{i}", "s"), new AuthPatch().Set(A, new byte[1]), Cancel)).Dispose();
        Assert.Equal(500, limiters.Count);
        _clock.Advance(TimeSpan.FromMinutes(6));

        (await limiters.AdmitAsync(new AuthSessionId("another", "s"), new AuthPatch().Set(A, new byte[1]), Cancel)).Dispose();

        Assert.Equal(1, limiters.Count);
    }

    [Fact]
    public void Faults_OutOfRange_EachIsNamed()
    {
        var options = new HybridAuthStoreOptions { Encryption = { MasterKey = HybridStore.Codec.MasterKey.Generate().ToBase64() } };
        options.TenantLimits.CountInterval = TimeSpan.Zero;
        var limits = options.TenantLimits.Default;
        (limits.MaxConcurrentCommits, limits.MaxWaitingCommits, limits.CommitsPerSecond, limits.RecordsPerSecond) = (0, -1, 0, double.NaN);
        (limits.BytesPerSecond, limits.Burst, limits.MaxRecords, limits.MaxBytes) = (double.PositiveInfinity, TimeSpan.Zero, 0, 0);
        options.TenantLimits.Tenants["x"] = new TenantLimits { MaxBytes = -1 };

        Assert.Equal(
            ["CountInterval", "Default.MaxConcurrentCommits", "Default.MaxWaitingCommits", "Default.CommitsPerSecond", "Default.RecordsPerSecond", "Default.BytesPerSecond", "Default.Burst", "Default.MaxRecords", "Default.MaxBytes", "Tenants.x.MaxBytes"],
            HybridAuthStoreOptionsValidation.Faults(options).Select(static f => f.Split(' ')[0]["TenantLimits.".Length..]));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
        await _tier.DisposeAsync();
    }

    private (HybridAuthStore Store, FaultyColdTier Cold) Open(Action<TenantLimits> limit, Action<HybridAuthStoreOptions>? configure = null)
    {
        var cold = new FaultyColdTier(_tier, disposesInner: false);
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = Convert.ToBase64String(new byte[32].Select(static (_, i) => (byte)(i + 1)).ToArray());
        options.Encryption.Cipher = HybridStore.Codec.EnvelopeCipher.Aes256Gcm;
        options.Resilience.Cold.Retry.MaxAttempts = 1;
        options.Resilience.Cold.Timeout = Timeout.InfiniteTimeSpan;
        limit(options.TenantLimits.Default);
        configure?.Invoke(options);
        var store = new HybridAuthStore(cold, hot: null, options, _clock);
        _stores.Add(store);
        return (store, cold);
    }

    private static async Task CommitAsync(HybridAuthStore store, string tenant, byte value, string session = "s") =>
        await store.CommitAsync(new AuthSessionId(tenant, session), new AuthPatch().Set(A, new[] { value }), Cancel);
}
