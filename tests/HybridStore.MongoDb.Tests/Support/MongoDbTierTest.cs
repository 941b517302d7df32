using System.Collections.Concurrent;
using HybridStore.Codec;
using HybridStore.Tiers;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Events;

namespace HybridStore.MongoDb.Tests.Support;

/// <summary>A database for one test, tiers on it, and the commits that most tests make.</summary>
public abstract class MongoDbTierTest : IAsyncDisposable
{
    // More connections than a test makes.
    private const int MostCut = 20;

    private readonly List<MongoDbColdTier> _tiers = [];
    private MongoProxy? _proxy;
    private bool _isUsed;

    internal static AuthSessionId Session { get; } = new("clinic", "reception");

    internal static WrappedDataKey Key1 { get; } = new(new DataKeyId(0xF000_0000_0000_0001), new byte[80]);

    internal static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal string DatabaseName { get; } = SharedServer.NewName();

    /// <summary>The commands that tiers opened by <see cref="OpenCountedAsync"/> have sent.</summary>
    internal ConcurrentQueue<string> Commands { get; } = new();

    public async ValueTask DisposeAsync()
    {
        foreach (var tier in _tiers)
            await tier.DisposeAsync();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        if (_isUsed)
            await SharedServer.DropAsync(DatabaseName);
        GC.SuppressFinalize(this);
    }

    /// <summary>The database as it is, beside the tier.</summary>
    internal async Task<IMongoDatabase> DatabaseAsync()
    {
        // Where there is no server the test is skipped here, and nothing is to be dropped.
        var database = await SharedServer.DatabaseAsync(DatabaseName);
        _isUsed = true;
        return database;
    }

    internal async Task<IMongoCollection<BsonDocument>> CollectionAsync(string name) =>
        (await DatabaseAsync()).GetCollection<BsonDocument>($"hybridstore_{name}");

    internal async Task<List<string>> CollectionNamesAsync()
    {
        using var names = await (await DatabaseAsync()).ListCollectionNamesAsync(cancellationToken: Cancel);
        return await names.ToListAsync(Cancel);
    }

    /// <summary>A tier with a client of its own.</summary>
    internal async Task<MongoDbColdTier> OpenAsync(TimeSpan? timeout = null) => await OpenAsync(MongoClientSettings.FromUrl(await SharedServer.UrlAsync()), timeout);

    /// <summary>A tier whose commands are noted.</summary>
    internal async Task<MongoDbColdTier> OpenCountedAsync()
    {
        var settings = MongoClientSettings.FromUrl(await SharedServer.UrlAsync());
        settings.ClusterConfigurator = cluster => cluster.Subscribe<CommandStartedEvent>(e => Commands.Enqueue(e.CommandName));
        return await OpenAsync(settings);
    }

    /// <summary>A tier behind a proxy.</summary>
    internal async Task<(MongoDbColdTier Tier, MongoProxy Proxy)> OpenBehindProxyAsync(TimeSpan? timeout = null)
    {
        // The collections are made beforehand: the time that the test gives its calls is not for that.
        await (await OpenAsync()).ReadAsync(Session, [], false, Cancel);
        return await OpenAnewBehindProxyAsync(timeout);
    }

    /// <summary>A tier behind a proxy, on a database in which nothing is yet.</summary>
    /// <param name="timeout">How long its calls may take.</param>
    /// <param name="credentials">Such as <c>user:password@</c>.</param>
    /// <param name="options">More options of the connection string, each after an ampersand.</param>
    internal async Task<(MongoDbColdTier Tier, MongoProxy Proxy)> OpenAnewBehindProxyAsync(TimeSpan? timeout = null, string credentials = "", string options = "")
    {
        var shared = MongoClientSettings.FromUrl(await SharedServer.UrlAsync());
        var server = shared.Server;
        _proxy ??= new MongoProxy(server.Host, server.Port);
        var settings = MongoClientSettings.FromConnectionString($"mongodb://{credentials}127.0.0.1:{_proxy.Port}/?directConnection=true&serverMonitoringMode=poll{options}");
        Assert.SkipWhen(credentials.Length > 0 && shared.Credential is not null, "The server asks for a user of its own.");
        settings.Credential ??= shared.Credential;
        return (await OpenAsync(settings, timeout), _proxy);
    }

    /// <summary>Skips a test of clients without a user, where the server asks for one.</summary>
    internal static async Task SkipWhereUsersAreAskedForAsync() =>
        Assert.SkipWhen(MongoClientSettings.FromUrl(await SharedServer.UrlAsync()).Credential is not null, "The server asks for a user of its own.");

    /// <summary>The error of a server that can't be used until somebody mends something: never one that passes by itself.</summary>
    /// <param name="reason">What is in the way.</param>
    /// <param name="call">The call.</param>
    /// <param name="wasCut">Whether connections were cut before: each that the driver still has fails once.</param>
    internal static async Task<StoreUnusableException> UnusableAsync(StoreUnusableReason reason, Func<Task> call, bool wasCut = false)
    {
        var failure = await Xunit.Record.ExceptionAsync(call);
        for (int i = 0; wasCut && failure is StoreUnavailableException && i < MostCut; i++)
            failure = await Xunit.Record.ExceptionAsync(call);
        var refusal = Assert.IsType<StoreUnusableException>(failure);
        Assert.Equal(("mongodb", reason, false), (refusal.Tier, refusal.Reason, refusal.IsTransient));
        return refusal;
    }

    internal async Task<MongoDbColdTier> OpenAsync(MongoClientSettings settings, TimeSpan? timeout = null)
    {
        await DatabaseAsync();
        var tier = new MongoDbColdTier(settings, DatabaseName, new MongoDbColdTierOptions { OperationTimeout = timeout ?? SharedServer.Patience });
        _tiers.Add(tier);
        return tier;
    }

    internal static AuthKey Record(string id) => new("session", id);

    internal static SealedChange Set(string id, byte fill = 1, int length = 100)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, fill);
        return new SealedChange(Record(id), bytes);
    }

    internal static SealedPatch Patch(params SealedChange[] changes) => new() { CommitId = CommitId.New(), Changes = changes };

    internal static ColdCommit Commit(params SealedPatch[] patches) => new() { Session = Session, Incarnation = 1, SealedWith = Key1.Id, Patches = patches };

    internal static ColdCommit Creation(params SealedPatch[] patches) =>
        new() { Session = Session, Incarnation = 1, SealedWith = Key1.Id, NewDataKey = Key1, Patches = patches };

    /// <summary>The same commit, that keeps what it replaces.</summary>
    internal static ColdCommit Keeping(ColdCommit commit, ColdHistoryRetention? retention = null) => new()
    {
        Session = commit.Session,
        Incarnation = commit.Incarnation,
        SealedWith = commit.SealedWith,
        NewDataKey = commit.NewDataKey,
        History = retention ?? new ColdHistoryRetention(),
        Patches = commit.Patches,
    };

    internal static ColdImport Import(IAsyncEnumerable<SealedChange> records) =>
        new() { Session = Session, Incarnation = 1, CommitId = CommitId.New(), DataKey = Key1, Records = records };

    internal static async Task MustAsync(MongoDbColdTier tier, ColdCommit commit) => Assert.Equal(ColdCommitStatus.Committed, (await tier.CommitAsync(commit, Cancel)).Status);

    internal static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> source)
    {
        var list = new List<T>();
        await foreach (var item in source)
            list.Add(item);
        return list;
    }
}
