using HybridStore.Backup;
using HybridStore.Tests.Backup;
using HybridStore.Tests.Outbox;
using Microsoft.Data.Sqlite;
using static HybridStore.Tests.Backup.BackupFixture;

namespace HybridStore.Tests.History;

/// <summary>The way back to a former version of a session, and what stands in it.</summary>
public sealed class RollbackTests : IAsyncDisposable
{
    private static readonly byte[] LaterCreds = """{"noiseKey":{"type":"Buffer","data":"AQID"},"later":true,"nextPreKeyId":900,"firstUnuploadedPreKeyId":900,"me":{"id":"5511:1@s"}}"""u8.ToArray();

    private readonly BackupFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Rollback_ToAVersion_HasItsRecordsAndNoneThatMustNotBeUsedAgain()
    {
        var store = await ChangeAsync();

        var result = await store.History.RollbackAsync(Session, 2, Cancel);

        Assert.Equal(new RolledBackSession(Session, To: 2, From: 3, Version: 3 + (1L << 32), Records: 5, Dropped: 4), result);
        var (another, _) = _fixture.Start();
        var contents = await ContentsAsync(another, Session);
        Assert.Equal(["app-state-sync-version/regular", "creds/creds", "identity-key/5511.0", "pre-key/1", "unknown-type/x"], contents.Keys);
        Assert.Equal(Value(1), contents["pre-key/1"]);
        Assert.Equal(Value(2), contents["unknown-type/x"]);

        // Above what was given out since, and not only above what it was then.
        Assert.DoesNotContain("later", System.Text.Encoding.UTF8.GetString(contents["creds/creds"]), StringComparison.Ordinal);
        Assert.Equal(900 + GoingBackPolicy.PreKeyIdJump, PreKeyCounters.Highest(contents["creds/creds"]));
        await using var session = await another.OpenAsync(Session, Cancel);
        Assert.True(session.IsRolledBack);
    }

    [Fact]
    public async Task Rollback_IsHistoryItself_AndCanBeTakenBack()
    {
        var store = await ChangeAsync();
        var first = await store.History.RollbackAsync(Session, 2, Cancel);
        Assert.Equal([first.Version, 3, 2, 1], await VersionsAsync(store));

        await store.History.RollbackAsync(Session, 3, Cancel);

        var contents = await ContentsAsync(store, Session);
        Assert.Equal(["app-state-sync-version/regular", "creds/creds", "identity-key/5511.0", "pre-key/1", "pre-key/2"], contents.Keys);
        Assert.Equal(Value(11), contents["pre-key/1"]);
        Assert.Equal(900 + (2 * GoingBackPolicy.PreKeyIdJump), PreKeyCounters.Highest(contents["creds/creds"]));
    }

    [Fact]
    public async Task List_OfASession_SaysWhatCanBeGoneBackToAndOfARecordWhatItWas()
    {
        var store = await ChangeAsync();

        var versions = await ToListAsync(store.History.ListAsync(Session, Cancel));
        var record = Assert.Single(await ToListAsync(store.History.ListAsync(Session, new AuthKey("pre-key", "1"), Cancel)));

        // Of the records of version 2, four are of types that are not kept.
        Assert.Equal([(3, 4), (2, 2), (1, 3)], versions.Select(v => (v.Version, v.Changes)));
        Assert.Equal((1, 3), (record.Version, record.ReplacedBy));
        Assert.Empty(await ToListAsync(store.History.ListAsync(Session, new AuthKey("session", "5511.0"), Cancel)));
    }

    [Theory]
    [InlineData(4, 1, 3)]
    [InlineData(99, 1, 3)]
    public async Task Rollback_ToAVersionThatItNeverHad_IsRefused(long version, long oldest, long newest)
    {
        var store = await ChangeAsync();

        var e = await Assert.ThrowsAsync<HistoryUnreachableException>(async () => await store.History.RollbackAsync(Session, version, Cancel));

        Assert.Equal((version, oldest, newest), (e.Version, e.Oldest, e.Newest));
        Assert.Equal(3, (await store.FindSessionAsync(Session, Cancel))!.Version);
    }

    [Fact]
    public async Task Rollback_SomebodyCommittedWithoutHistory_IsRefused()
    {
        await ChangeAsync();
        var (plain, _) = _fixture.Start();
        await plain.CommitAsync(Session, new AuthPatch().Set("pre-key", "9", Value(9)), Cancel);

        var e = await Assert.ThrowsAsync<HistoryUnreachableException>(async () => await plain.History.RollbackAsync(Session, 2, Cancel));

        Assert.Equal(0, e.Oldest);
        Assert.Equal(4, (await plain.FindSessionAsync(Session, Cancel))!.Version);
    }

    [Fact]
    public async Task Rollback_ByAProcessThatKeepsNone_LeavesHistoryWhole()
    {
        await ChangeAsync();
        var (plain, _) = _fixture.Start();

        var result = await plain.History.RollbackAsync(Session, 1, Cancel);

        Assert.Equal([result.Version, 3, 2, 1], await VersionsAsync(plain));
    }

    [Fact]
    public async Task Rollback_SessionIsHeld_IsRefused()
    {
        var store = await ChangeAsync();
        await using var held = await store.OpenAsync(Session, Cancel);
        var (another, _) = Keeping();

        Assert.True((await Assert.ThrowsAsync<SessionHeldException>(async () => await another.History.RollbackAsync(Session, 2, Cancel))).IsTransient);
        Assert.False((await Assert.ThrowsAsync<SessionHeldException>(async () => await store.History.RollbackAsync(Session, 2, Cancel))).IsTransient);

        Assert.Equal(3, (await store.FindSessionAsync(Session, Cancel))!.Version);
    }

    [Fact]
    public async Task Rollback_NoSuchSession_IsNotFound()
    {
        var (store, _) = Keeping();

        await Assert.ThrowsAsync<SessionNotFoundException>(async () => await store.History.RollbackAsync(Session, 1, Cancel));
        await Assert.ThrowsAsync<SessionNotFoundException>(async () => await ToListAsync(store.History.ListAsync(Session, Cancel)));
    }

    [Fact]
    public async Task Rollback_FormerVersionIsDamaged_IsRefusedAndChangesNothing()
    {
        var store = await ChangeAsync();
        await using (var connection = new SqliteConnection($"Data Source={Path.Join(_fixture.Folder, "a.db")};Pooling=False"))
        {
            await connection.OpenAsync(Cancel);
            await using var command = connection.CreateCommand();
            command.CommandText = "UPDATE history_record SET envelope = substr(envelope, 1, length(envelope) - 1) || x'00' WHERE type = 'pre-key' AND id = '1'";
            Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancel));
        }

        var e = await Assert.ThrowsAsync<EnvelopeException>(async () => await store.History.RollbackAsync(Session, 2, Cancel));

        Assert.Equal(new AuthKey("pre-key", "1"), e.Key);
        Assert.Equal(3, (await store.FindSessionAsync(Session, Cancel))!.Version);
        Assert.Equal(Value(11), (await ContentsAsync(store, Session))["pre-key/1"]);
    }

    [Fact]
    public async Task Rollback_CommitsAreQueued_AreDrainedFirstAndHotForgetsThem()
    {
        await using var queue = new QueueFixture();
        var (process, session) = await queue.OpenAsync(static o => o.History.MaxVersions = 10);
        await session.CommitAsync(QueueFixture.Put(QueueFixture.Mapping, 1).Require(Durability.Persisted), Cancel);
        process.LoseCold();
        await session.CommitAsync(QueueFixture.Queued(QueueFixture.Mapping, 2), Cancel);
        await session.CommitAsync(QueueFixture.Queued(QueueFixture.Mapping, 3), Cancel);
        queue.PassLease();
        var store = queue.Start(static o => o.History.MaxVersions = 10).Store;
        await store.ReconcileNowAsync(Cancel);
        Assert.Equal([4, 2, 1], (await ToListAsync(store.History.ListAsync(queue.Session, Cancel))).Select(v => v.Version));

        await store.History.RollbackAsync(queue.Session, 2, Cancel);

        var another = queue.Start(static o => o.History.MaxVersions = 10).Store;
        await using var opened = await another.OpenAsync(queue.Session, Cancel);
        Assert.True(opened.IsRolledBack);
        Assert.Equal(1, (await opened.GetAsync(QueueFixture.Mapping, Cancel)).Value.Span[0]);
        Assert.False((await opened.GetAsync(QueueFixture.A, Cancel)).Exists);
    }

    [Fact]
    public async Task Acknowledge_AfterARollback_LeavesHistoryWhole()
    {
        var store = await ChangeAsync();
        await store.History.RollbackAsync(Session, 2, Cancel);

        await using (var session = await store.OpenAsync(Session, Cancel))
        {
            await session.AcknowledgeRollbackAsync(Cancel);
            await session.CommitAsync(new AuthPatch().Set("pre-key", "7", Value(7)), Cancel);
        }

        Assert.Equal(3, (await VersionsAsync(store)).Count(v => v <= 3));
    }

    [Fact]
    public async Task Restore_OverASessionWithHistory_LeavesItWhole()
    {
        var store = await ChangeAsync();
        await _fixture.BackUpAsync(store, withKeys: false);
        await store.CommitAsync(Session, new AuthPatch().Set("pre-key", "1", Value(99)), Cancel);

        var restored = Assert.Single(await _fixture.RestoreAsync(store, withKeys: false, replace: true));

        Assert.Equal([restored.Version, 4, 3, 2, 1], await VersionsAsync(store));
    }

    private static async Task<List<T>> ToListAsync<T>(IAsyncEnumerable<T> source)
    {
        var list = new List<T>();
        await foreach (var item in source)
            list.Add(item);
        return list;
    }

    private static async Task<IEnumerable<long>> VersionsAsync(HybridAuthStore store) => (await ToListAsync(store.History.ListAsync(Session, Cancel))).Select(static v => v.Version);

    private (HybridAuthStore Store, HybridStore.Conformance.FaultyColdTier Cold) Keeping() => _fixture.Start(configure: static o => o.History.Period = TimeSpan.FromDays(7));

    /// <summary>A session at version 3, which differs from version 2 in each way that there is.</summary>
    private async Task<HybridAuthStore> ChangeAsync()
    {
        var (store, _) = Keeping();
        await FillAsync(store, Session);
        await store.CommitAsync(
            Session,
            new AuthPatch().Set(AuthKey.Creds, LaterCreds).Set("pre-key", "1", Value(11)).Set("pre-key", "2", Value(12)).Delete("unknown-type", "x").Set("session", "5511.0", Value(13)),
            Cancel);
        return store;
    }
}
