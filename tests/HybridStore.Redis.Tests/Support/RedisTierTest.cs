using HybridStore.Tiers;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace HybridStore.Redis.Tests.Support;

/// <summary>A server of the test's own, tiers on it, and the calls that most tests make.</summary>
public abstract class RedisTierTest : IAsyncDisposable
{
    internal static readonly AuthSessionId Session = new("clinic", "reception");
    internal static readonly AuthKey A = new("session", "a");
    private readonly List<IAsyncDisposable> _open = [];

    internal static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal LogList Log { get; } = new();

    public async ValueTask DisposeAsync()
    {
        // In the order in which they were made, servers first: StackExchange.Redis 1.2.6 waits a second for a server's answer to its goodbye.
        // All of them, whatever one says: what is left open goes on in the background of other tests.
        var failures = new List<Exception>();
        foreach (var open in _open)
        {
            if (await Record.ExceptionAsync(() => open.DisposeAsync().AsTask()) is { } failure)
                failures.Add(failure);
        }

        if (failures.Count > 0)
            throw new AggregateException(failures);
        GC.SuppressFinalize(this);
    }

    internal T Keep<T>(T open)
        where T : IAsyncDisposable
    {
        _open.Add(open);
        return open;
    }

    internal async Task<RedisServer> StartAsync(params string[] arguments) => Keep(await RedisServer.StartAsync(arguments));

    internal async Task<RedisServer> StartDurableAsync() => Keep(await RedisServer.StartDurableAsync());

    /// <summary>A tier whose calls wait long, for tests that are not about time: the machine may be busy.</summary>
    internal async Task<RedisHotTier> OpenAsync(string connectionString, Action<RedisHotTierOptions>? configure = null)
    {
        var tier = Begin(connectionString, configure);
        await Eventually.ConnectedAsync(tier);
        return tier;
    }

    internal RedisHotTier Begin(string connectionString, Action<RedisHotTierOptions>? configure = null) =>
        Keep(new RedisHotTier(connectionString, Options(configure), logger: Log));

    internal RedisHotTier Begin(ConfigurationOptions configuration, Action<RedisHotTierOptions>? configure = null) =>
        Keep(new RedisHotTier(configuration, Options(configure), logger: Log));

    private static RedisHotTierOptions Options(Action<RedisHotTierOptions>? configure)
    {
        var options = new RedisHotTierOptions { OperationTimeout = TimeSpan.FromSeconds(30), MaxReconnectDelay = TimeSpan.FromSeconds(1) };
        configure?.Invoke(options);
        return options;
    }

    internal static HotMeta Meta(RedisHotTier tier, long version, long epoch = 1) =>
        new() { Incarnation = 1, Version = version, Epoch = epoch, RunId = tier.RunId, GoodUntil = DateTimeOffset.UnixEpoch.AddDays(30_000) };

    internal static SealedPatch Patch(long version, params SealedChange[] changes) =>
        new() { CommitId = CommitId.New(), Predecessor = version - 1, Version = version, Changes = changes };

    internal static SealedChange Set(string id, byte[] envelope) => new(new AuthKey("session", id), envelope);

    internal static QueuedCommit Commit(params SealedPatch[] patches) => new()
    {
        Session = Session,
        Incarnation = 1,
        Epoch = 1,
        Patches = patches,
        GoodUntil = DateTimeOffset.UnixEpoch.AddDays(30_000),
    };

    /// <summary>Makes the session ready for queueing, with cold at that version.</summary>
    internal static async Task AdoptAsync(RedisHotTier tier, long version = 1, AuthSessionId? session = null)
    {
        Assert.True((await tier.InstallEpochAsync(new LeaseRef(session ?? Session, 1), vouchesFor: TimeSpan.Zero, Cancel)).Installed);
        var adopted = await tier.Outbox!.AdoptAsync(
            new HotAdoption { Session = session ?? Session, Meta = Meta(tier, version), ValidFor = TimeSpan.FromHours(1) }, Cancel);
        Assert.Equal(version, adopted);
    }

    internal static ValueTask<bool> ApplyAsync(RedisHotTier tier, long version, AuthSessionId session, params SealedChange[] changes) =>
        tier.ApplyAsync(
            new HotApply { Session = session, PreviousVersion = version - 1, Meta = Meta(tier, version), CommitId = CommitId.New(), Changes = changes }, Cancel);

    internal static ValueTask<HotRead> ReadAsync(RedisHotTier tier, params AuthKey[] keys) => tier.ReadAsync(Session, keys, withDataKeys: false, Cancel);

    internal sealed class LogList : ILogger<RedisHotTier>
    {
        private readonly List<(LogLevel Level, string? Name, string Text)> _lines = [];

        public IReadOnlyList<(LogLevel Level, string? Name, string Text)> Lines
        {
            get
            {
                lock (_lines)
                    return [.. _lines];
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
                _lines.Add((logLevel, eventId.Name, $"{formatter(state, exception)} {exception}"));
        }
    }
}
