using HybridStore.Codec;
using HybridStore.Redis.Cold;
using HybridStore.Redis.Tests.Support;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace HybridStore.Redis.Tests.Cold;

/// <summary>A server and a tier on it, and the commits that most tests make.</summary>
public abstract class ColdTest : IAsyncDisposable
{
    private readonly List<RedisColdTier> _tiers = [];
    private RedisServer? _server;

    internal static AuthSessionId Session { get; } = new("clinic", "reception");

    internal static WrappedDataKey Key1 { get; } = new(new DataKeyId(0xF000_0000_0000_0001), new byte[80]);

    internal static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal RedisServer Server => _server ?? throw new InvalidOperationException("No server was started.");

    internal static ColdKeys Keys { get; } = new("hybridstore", Session);

    public async ValueTask DisposeAsync()
    {
        foreach (var tier in _tiers)
            await tier.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal async Task StartAsync(params string[] arguments) => _server = await RedisServer.StartAsync(arguments);

    internal Task StartDurableAsync() => StartAsync("--appendonly", "yes", "--appendfsync", "always");

    internal RedisColdTier Open(Action<RedisColdTierOptions>? configure = null, ILogger<RedisColdTier>? logger = null, string? server = null)
    {
        var options = new RedisColdTierOptions { OperationTimeout = TimeSpan.FromSeconds(30) };
        configure?.Invoke(options);
        var tier = new RedisColdTier(ConfigurationOptions.Parse(server ?? Server.ConnectionString), options, timeProvider: null, logger);
        _tiers.Add(tier);
        return tier;
    }

    internal static SealedChange Set(string id, byte fill = 1, int length = 100)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, fill);
        return new SealedChange(Record(id), bytes);
    }

    internal static AuthKey Record(string id) => new("session", id);

    internal static SealedPatch Patch(params SealedChange[] changes) => new() { CommitId = CommitId.New(), Changes = changes };

    internal static ColdCommit Commit(params SealedPatch[] patches) => new() { Session = Session, Incarnation = 1, SealedWith = Key1.Id, Patches = patches };

    internal static ColdCommit CreationOf(AuthSessionId session, params SealedPatch[] patches) =>
        new() { Session = session, Incarnation = 1, SealedWith = Key1.Id, NewDataKey = Key1, Patches = patches };

    internal static ColdCommit Creation(params SealedPatch[] patches) => CreationOf(Session, patches);

    internal static ColdImport Import(IAsyncEnumerable<SealedChange> records) =>
        new() { Session = Session, Incarnation = 1, CommitId = CommitId.New(), DataKey = Key1, Records = records };

    internal static async IAsyncEnumerable<SealedChange> Records(int count, int length = 100)
    {
        for (var i = 0; i < count; i++)
        {
            if (i % 100 == 0)
                await Task.Yield();
            yield return new SealedChange(Record($"{i:D6}"), new byte[length]);
        }
    }

    internal static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> source)
    {
        var list = new List<T>();
        await foreach (var item in source)
            list.Add(item);
        return list;
    }

    /// <summary>All keys of the server.</summary>
    internal string[] AllKeys() => Server.Send("KEYS", "*").Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
