using HybridStore.Codec;
using HybridStore.Sqlite.Engine;
using HybridStore.Tiers;
using Microsoft.Data.Sqlite;

namespace HybridStore.Sqlite.Tests.Support;

/// <summary>A tier on a new file, and the commits that most tests make.</summary>
public abstract class TierTest : IAsyncLifetime
{
    internal static readonly AuthSessionId Session = new("clinic", "reception");
    internal static readonly WrappedDataKey Key1 = new(new DataKeyId(0xF000_0000_0000_0001), Bytes(80, 1));
    internal static readonly WrappedDataKey Key2 = new(new DataKeyId(2), Bytes(80, 2));

    private readonly TempFolder _folder = new();
    private readonly List<SqliteColdTier> _tiers = [];

    internal TempFolder Folder => _folder;

    internal FakeTime Time { get; } = new();

    internal SqliteColdTier Tier { get; private set; } = null!;

    internal string DatabasePath => _folder.File("auth.db");

    internal static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync()
    {
        Tier = Open();
        await Tier.InitializeAsync(Cancel);
    }

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var tier in _tiers)
            await tier.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    internal static byte[] Bytes(int length, byte fill)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, fill);
        return bytes;
    }

    internal static AuthKey Record(string id) => new("session", id);

    internal static SealedChange Set(string id, byte fill = 1, int length = 100) => new(Record(id), Bytes(length, fill));

    internal static SealedChange Delete(string id) => new(Record(id), null);

    internal static SealedPatch Patch(params SealedChange[] changes) => new() { CommitId = CommitId.New(), Changes = changes };

    internal static SealedPatch PatchAt(long predecessor, long version, params SealedChange[] changes) =>
        new() { CommitId = CommitId.New(), Predecessor = predecessor, Version = version, Changes = changes };

    internal static ColdCommit Commit(params SealedPatch[] patches) =>
        new() { Session = Session, Incarnation = 1, SealedWith = Key1.Id, Patches = patches };

    internal static ColdCommit Creation(params SealedPatch[] patches) => CreationOf(Session, 1, patches);

    internal static ColdCommit CreationOf(AuthSessionId session, long incarnation, params SealedPatch[] patches) =>
        new() { Session = session, Incarnation = incarnation, SealedWith = Key1.Id, NewDataKey = Key1, Patches = patches };

    internal static ColdCommit WithEpoch(ColdCommit commit, long epoch) => new()
    {
        Session = commit.Session,
        Incarnation = commit.Incarnation,
        Epoch = epoch,
        SealedWith = commit.SealedWith,
        NewDataKey = commit.NewDataKey,
        Patches = commit.Patches,
    };

    internal static ColdImport Import(IAsyncEnumerable<SealedChange> records, long incarnation = 1) =>
        new() { Session = Session, Incarnation = incarnation, CommitId = CommitId.New(), DataKey = Key1, Records = records };

    internal static async IAsyncEnumerable<SealedChange> Records(int count, int length = 100, Exception? then = null)
    {
        await Task.CompletedTask;
        for (int i = 0; i < count; i++)
            yield return new SealedChange(new AuthKey("pre-key", $"{i:D6}"), Bytes(length, (byte)i));
        if (then is not null)
            throw then;
    }

    internal static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> source)
    {
        var list = new List<T>();
        await foreach (var item in source)
            list.Add(item);
        return list;
    }

    internal SqliteColdTier Open(string? path = null, Action<SqliteColdTierOptions>? configure = null, SqliteTestHooks? hooks = null, TimeProvider? time = null)
    {
        var options = new SqliteColdTierOptions { Path = path ?? DatabasePath };
        configure?.Invoke(options);
        var tier = new SqliteColdTier(options, time ?? Time, hooks);
        _tiers.Add(tier);
        return tier;
    }

    /// <summary>Creates the session with one record, <c>a</c>, at version 1.</summary>
    internal async Task CreateAsync() => Assert.Equal(ColdCommitStatus.Committed, (await Tier.CommitAsync(Creation(Patch(Set("a"))), Cancel)).Status);

    internal async Task<ColdRead> ReadAsync(params string[] ids) =>
        await Tier.ReadAsync(Session, [.. ids.Select(Record)], withDataKeys: true, Cancel);

    internal async Task<SessionHead?> HeadAsync() => (await Tier.ReadAsync(Session, [], withDataKeys: false, Cancel)).Head;

    /// <summary>Waits until the writer has removed everything that was left for later.</summary>
    internal static async Task FinishTidyingAsync(SqliteColdTier tier)
    {
        var writer = (await tier.Store.OpenAsync(Cancel)).Writer;
        while (writer.Tidied.IsDue)
        {
            Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>Asks the file itself, as another program would.</summary>
    internal long Query(string sql) => Query(DatabasePath, sql);

    internal static long Query(string path, string sql)
    {
        using var db = new SqliteDb(path, SqliteOpenMode.ReadWrite, TimeSpan.FromSeconds(5));
        return db.QueryInt64(sql);
    }

    internal static void Execute(string path, string sql)
    {
        using var db = new SqliteDb(path, SqliteOpenMode.ReadWriteCreate, TimeSpan.FromSeconds(5));
        db.Execute(sql);
    }
}
