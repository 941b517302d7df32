using HybridStore.Codec;
using HybridStore.Conformance;
using HybridStore.InMemory;
using HybridStore.Migration;
using HybridStore.Tiers;

namespace HybridStore.Tests.Migration;

/// <summary>Two stores in memory, bots on either, and a migration from one to the other.</summary>
internal sealed class MigrationFixture : IAsyncDisposable
{
    public static readonly AuthSessionId Session = new("clinic", "reception");
    public static readonly AuthSessionId Other = new("clinic", "surgery ☎");
    public static readonly AuthSessionId Foreign = new("salon", "front/desk");

    private static readonly string MasterKey = NewKey();
    private readonly List<HybridAuthStore> _stores = [];

    public MigrationFixture()
    {
        A = new Conformance.FaultyColdTier(new InMemoryColdTier(Clock));
        B = new Conformance.FaultyColdTier(new InMemoryColdTier(Clock));
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ManualClock Clock { get; } = new();

    public Conformance.FaultyColdTier A { get; }

    public Conformance.FaultyColdTier B { get; }

    /// <summary>A process with its own store over one of the two, and no hot tier.</summary>
    public HybridAuthStore Start(IColdTier cold)
    {
        var options = new HybridAuthStoreOptions();
        options.Encryption.MasterKey = MasterKey;
        options.Encryption.Cipher = EnvelopeCipher.Aes256Gcm;
        options.Resilience.Cold.Retry.MaxAttempts = options.Resilience.Hot.Retry.MaxAttempts = 1;
        options.Lease.AcquireTimeout = TimeSpan.Zero;
        options.Outbox.ReconcileInterval = Timeout.InfiniteTimeSpan;
        var store = new HybridAuthStore(((Conformance.FaultyColdTier)cold).Inner, hot: null, options, Clock);
        _stores.Add(store);
        return store;
    }

    /// <summary>A session with some records, at version 3.</summary>
    public static async Task FillAsync(HybridAuthStore store, AuthSessionId session)
    {
        await store.CommitAsync(session, new AuthPatch().Set("pre-key", "1", Value(1)).Set("pre-key", "2", Value(2)).Set("unknown-type", "x ☎", Value(3)), Cancel);
        await store.CommitAsync(session, new AuthPatch().Set("session", "5511.0", Value(4)).Delete("pre-key", "1"), Cancel);
        await store.CommitAsync(session, new AuthPatch().Set("app-state-sync-version", "regular", Enumerable.Repeat((byte)9, 50_000).ToArray()).Set("pre-key", "2", Value(5)), Cancel);
    }

    public static byte[] Value(byte fill) => Enumerable.Repeat(fill, 40).ToArray();

    public ValueTask<ColdMigrationReport> MigrateAsync(bool @switch = false, Action<ColdMigrationOptions>? configure = null, bool back = false)
    {
        var options = new ColdMigrationOptions { Switch = @switch };
        configure?.Invoke(options);
        return new ColdMigration(back ? B : A, back ? A : B, options, Clock).RunAsync(Cancel);
    }

    /// <summary>Everything that a tier has of a session, but its epoch and its times.</summary>
    public static async Task<string> ContentAsync(IColdTier tier, AuthSessionId session)
    {
        var read = await tier.ReadAsync(session, [], withDataKeys: true, Cancel);
        var lines = new List<string>
        {
            $"{read.Head?.Incarnation} {read.Head?.Version} {read.Head?.RolledBackAt} {read.LastEndedIncarnation}",
            string.Join(' ', read.DataKeys.Select(k => $"{k.Id}:{Convert.ToHexString(k.Bytes.Span)}")),
            string.Join(' ', read.Commits.Select(c => $"{c.Version}:{c.Id}")),
        };
        await foreach (var record in tier.EnumerateAsync(session, null, Cancel))
            lines.Add($"{record.Key} {record.Version} {Convert.ToHexString(record.Envelope.Span)}");
        return string.Join('\n', lines);
    }

    public async ValueTask DisposeAsync()
    {
        A.Probe.Restore();
        B.Probe.Restore();
        foreach (var store in _stores)
            await store.DisposeAsync();
    }

    private static string NewKey()
    {
        using var key = HybridStore.Codec.MasterKey.Generate();
        return key.ToBase64();
    }
}
