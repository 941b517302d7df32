using HybridStore.Codec;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace HybridStore.PostgreSql.Tests.Support;

/// <summary>A schema on the shared server, or a server of the test's own, tiers on it, and the commits that most tests make.</summary>
public abstract class ColdTest : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _open = [];
    private readonly TestSchema _schema = new();
    private bool _usesSchema;

    internal static AuthSessionId Session { get; } = new("clinic", "reception");

    internal static WrappedDataKey Key1 { get; } = new(new DataKeyId(0xF000_0000_0000_0001), new byte[80]);

    internal static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal TestSchema Schema
    {
        get
        {
            _usesSchema = true;
            return _schema;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var open in Enumerable.Reverse(_open))
            await open.DisposeAsync();
        if (_usesSchema)
            await _schema.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal T Keep<T>(T open)
        where T : IAsyncDisposable
    {
        _open.Add(open);
        return open;
    }

    /// <summary>A tier with a pool of its own, in the test's schema of the shared server or of the one named.</summary>
    internal async Task<PostgreSqlColdTier> OpenAsync(
        Action<PostgreSqlColdTierOptions>? configure = null, string? connectionString = null, ILogger<PostgreSqlColdTier>? logger = null)
    {
        var options = connectionString is null ? Schema.Options : new PostgreSqlColdTierOptions { OperationTimeout = TimeSpan.FromMinutes(1) };
        configure?.Invoke(options);
        return Keep(new PostgreSqlColdTier(connectionString ?? await SharedServer.ConnectionStringAsync(), options, timeProvider: null, logger));
    }

    /// <summary>A tier whose messages are followed, in the test's schema, with everything of its start behind it.</summary>
    internal async Task<(PostgreSqlColdTier Tier, WireProxy Proxy)> OpenBehindProxyAsync(Action<PostgreSqlColdTierOptions>? configure = null)
    {
        var shared = new NpgsqlConnectionStringBuilder(await SharedServer.ConnectionStringAsync());
        var proxy = Keep(new WireProxy(shared.Port));
        shared.Port = proxy.Port;
        shared.SslMode = SslMode.Disable;
        shared.GssEncryptionMode = GssEncryptionMode.Disable;
        var tier = await OpenAsync(
            options =>
            {
                options.Schema = Schema.Name;
                configure?.Invoke(options);
            },
            shared.ConnectionString);
        await tier.InitializeAsync(Cancel);
        await tier.Store.Purge.Running;
        proxy.Reset();
        return (tier, proxy);
    }

    internal static SealedChange Set(string id, byte fill = 1, int length = 100)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, fill);
        return new SealedChange(Record(id), bytes);
    }

    internal static SealedChange Delete(string id) => new(Record(id), null);

    internal static AuthKey Record(string id) => new("session", id);

    internal static SealedPatch Patch(params SealedChange[] changes) => new() { CommitId = CommitId.New(), Changes = changes };

    internal static ColdCommit Commit(params SealedPatch[] patches) => CommitTo(Session, patches);

    internal static ColdCommit CommitTo(AuthSessionId session, params SealedPatch[] patches) =>
        new() { Session = session, Incarnation = 1, SealedWith = Key1.Id, Patches = patches };

    internal static ColdCommit Creation(params SealedPatch[] patches) => CreationOf(Session, patches);

    internal static ColdCommit CreationOf(AuthSessionId session, params SealedPatch[] patches) =>
        new() { Session = session, Incarnation = 1, SealedWith = Key1.Id, NewDataKey = Key1, Patches = patches };

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
}
