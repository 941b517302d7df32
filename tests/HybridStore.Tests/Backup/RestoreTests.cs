using System.Text;
using HybridStore.Backup;
using HybridStore.Conformance;
using HybridStore.Tests.Outbox;
using static HybridStore.Tests.Backup.BackupFixture;

namespace HybridStore.Tests.Backup;

/// <summary>What comes back from a backup, and what stops it.</summary>
public sealed class RestoreTests : IAsyncDisposable
{
    private readonly BackupFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Restore_IntoAnotherDatabase_IsThereWithoutWhatMustNotBeUsedAgain()
    {
        await BackUpAsync(Session, Other);
        var (target, _) = _fixture.Start("b.db");

        var restored = await _fixture.RestoreAsync(target);

        Assert.Equal([(Session, RestoreOutcome.Restored, 5L, 4L), (Other, RestoreOutcome.Restored, 5L, 4L)], restored.Select(r => (r.Session, r.Outcome, r.Records, r.Dropped)));
        foreach (var session in (AuthSessionId[])[Session, Other])
        {
            var contents = await ContentsAsync(target, session);
            Assert.Equal(["app-state-sync-version/regular", "creds/creds", "identity-key/5511.0", "pre-key/1", "unknown-type/x"], contents.Keys);
            Assert.Equal(20_000, contents["app-state-sync-version/regular"].Length);
            Assert.Equal(Value(1), contents["pre-key/1"]);
            Assert.Equal(Encoding.UTF8.GetString(Creds).Replace(":813,", ":66349,", StringComparison.Ordinal).Replace(":812,", ":66349,", StringComparison.Ordinal), Encoding.UTF8.GetString(contents["creds/creds"]));
        }
    }

    [Fact]
    public async Task Restore_IntoAnotherDatabase_IsMarkedAndAboveEveryVersionThatItHad()
    {
        await BackUpAsync(Session);
        var (target, _) = _fixture.Start("b.db");

        var restored = Assert.Single(await _fixture.RestoreAsync(target));

        Assert.True(restored.Version > 1L << 32);
        Assert.Equal(restored.Version, (await target.FindSessionAsync(Session, Cancel))!.Version);
        await using var session = await target.OpenAsync(Session, Cancel);
        Assert.True(session.IsRolledBack);
        await session.AcknowledgeRollbackAsync(Cancel);
        await session.CommitAsync(new AuthPatch().Set("session", "5511.0", Value(1)), Cancel);
    }

    [Fact]
    public async Task Restore_SessionExists_IsRefusedBeforeAnythingChanges()
    {
        await BackUpAsync(Session, Other);
        var (target, _) = _fixture.Start("b.db");
        await FillAsync(target, Other);

        var e = await Assert.ThrowsAsync<SessionExistsException>(async () => await _fixture.RestoreAsync(target));

        Assert.Equal(Other, e.Session);
        Assert.Null(await target.FindSessionAsync(Session, Cancel));
        Assert.Equal(2, (await target.FindSessionAsync(Other, Cancel))!.Version);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Restore_Replace_TakesTheSameLifeBackInOneTransaction(bool withKeys)
    {
        var store = await BackUpAsync(Session);
        await store.CommitAsync(Session, new AuthPatch().Set("pre-key", "2", Value(2)).Delete("pre-key", "1").Set("unknown-type", "x", Value(8)), Cancel);
        var (restoring, cold) = _fixture.Start();

        // Without the file of keys: the session that is replaced still has them.
        var restored = Assert.Single(await _fixture.RestoreAsync(restoring, withKeys, replace: true));

        Assert.Equal((RestoreOutcome.Replaced, 1L, 5L, 4L), (restored.Outcome, restored.Incarnation, restored.Records, restored.Dropped));
        Assert.Equal((1L << 32) + 3, restored.Version);
        Assert.Equal((1, 0, 0), (cold.Probe.Count(TierOperation.Commit), cold.Probe.Count(TierOperation.Delete), cold.Probe.Count(TierOperation.Import)));
        var contents = await ContentsAsync(restoring, Session);
        Assert.Equal(["app-state-sync-version/regular", "creds/creds", "identity-key/5511.0", "pre-key/1", "unknown-type/x"], contents.Keys);
        Assert.Equal(Value(2), contents["unknown-type/x"]);
        Assert.Equal(restored.Version, (await store.FindSessionAsync(Session, Cancel))!.Version);
        var (another, _) = _fixture.Start();
        await using var session = await another.OpenAsync(Session, Cancel);
        Assert.True(session.IsRolledBack);
    }

    [Theory]
    [InlineData(TierOperation.Enumerate, false)]
    [InlineData(TierOperation.Commit, false)]
    [InlineData(TierOperation.Commit, true)]
    public async Task Restore_ReplaceIsCutShort_LeavesTheOldOrTheNewAndNothingElse(TierOperation at, bool afterwards)
    {
        var store = await BackUpAsync(Session);
        await store.CommitAsync(Session, new AuthPatch().Set("pre-key", "2", Value(2)), Cancel);
        var (restoring, cold) = _fixture.Start();
        cold.Probe.Fail(at, afterwards);

        await Assert.ThrowsAnyAsync<AuthStoreException>(async () => await _fixture.RestoreAsync(restoring, withKeys: false, replace: true));

        var (another, _) = _fixture.Start();
        Assert.Equal(afterwards ? 5 : 10, (await ContentsAsync(another, Session)).Count);
        Assert.Equal(RestoreOutcome.Replaced, Assert.Single(await _fixture.RestoreAsync(another, withKeys: false, replace: true)).Outcome);
        Assert.Equal(5, (await ContentsAsync(another, Session)).Count);
    }

    [Fact]
    public async Task Restore_ReplaceTwice_GivesOutNoPreKeyIdAgain()
    {
        var store = await BackUpAsync(Session);

        await _fixture.RestoreAsync(store, replace: true);
        var first = PreKeyCounters.Highest((await ContentsAsync(store, Session))["creds/creds"]);
        await _fixture.RestoreAsync(store, replace: true);

        Assert.Equal(813 + GoingBackPolicy.PreKeyIdJump, first);
        Assert.Equal(first + GoingBackPolicy.PreKeyIdJump, PreKeyCounters.Highest((await ContentsAsync(store, Session))["creds/creds"]));
    }

    [Fact]
    public async Task Restore_ReplaceWhereSomebodyWritesWithoutALease_IsOneOrTheOther()
    {
        await BackUpAsync(Session);
        var (writer, _) = _fixture.Start();
        var (restoring, cold) = _fixture.Start();
        cold.Probe.After = async operation =>
        {
            if (operation == TierOperation.Enumerate)
                await Assert.ThrowsAsync<FencedException>(async () => await writer.CommitAsync(Session, new AuthPatch().Set("pre-key", "2", Value(2)), Cancel));
        };

        await _fixture.RestoreAsync(restoring, replace: true);

        Assert.Equal(5, (await ContentsAsync(writer, Session)).Count);
    }

    [Fact]
    public async Task Restore_ReplaceAnotherLife_IsTheNextOneAndNeedsTheFileOfKeys()
    {
        var store = await BackUpAsync(Session);
        await store.DeleteSessionAsync(Session, Cancel);
        await FillAsync(store, Session);

        var e = await Assert.ThrowsAsync<BackupException>(async () => await _fixture.RestoreAsync(store, withKeys: false, replace: true));
        Assert.Equal((BackupFault.KeysMissing, 9), (e.Fault, (await ContentsAsync(store, Session)).Count));
        var restored = Assert.Single(await _fixture.RestoreAsync(store, replace: true));

        Assert.Equal((RestoreOutcome.Replaced, 3L, 5), (restored.Outcome, restored.Incarnation, (await ContentsAsync(store, Session)).Count));
        var (another, _) = _fixture.Start();
        await using var session = await another.OpenAsync(Session, Cancel);
        Assert.True(session.IsRolledBack);
    }

    [Fact]
    public async Task Restore_ReplaceAnotherLifeIsCutShortAfterItsEnd_IsFinishedByTheSameAgain()
    {
        var store = await BackUpAsync(Session);
        await store.DeleteSessionAsync(Session, Cancel);
        await FillAsync(store, Session);
        var (first, cold) = _fixture.Start();
        cold.Probe.Fail(TierOperation.Import, afterwards: false);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _fixture.RestoreAsync(first, replace: true));
        Assert.Null(await store.FindSessionAsync(Session, Cancel));

        var restored = Assert.Single(await _fixture.RestoreAsync(store));

        Assert.Equal((RestoreOutcome.Restored, 3L, 5), (restored.Outcome, restored.Incarnation, (await ContentsAsync(store, Session)).Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Restore_ReplaceWithCommitsThatAreQueued_LeavesNothingOfThemAndHotIsTold(bool hotAnswers)
    {
        await using var queue = new QueueFixture();
        var (process, session) = await queue.OpenAsync();
        await process.Store.Backup.WriteAsync(new AuthBackupRequest(_fixture.File), Cancel);
        process.LoseCold();
        await session.CommitAsync(new AuthPatch().Set("pre-key", "9", new byte[] { 2 }).Set("pre-key", "10", new byte[] { 2 }).Require(Durability.Queued), Cancel);
        queue.PassLease();
        if (!hotAnswers)
            queue.Server.OnRequest = static _ => throw new StoreUnavailableException("model", "It is down.");
        var restoring = queue.Start().Store;

        var restored = Assert.Single(await restoring.Backup.RestoreAsync(new AuthRestoreRequest(_fixture.File) { Replace = true }, Cancel));

        queue.Server.OnRequest = null;
        Assert.Equal(RestoreOutcome.Replaced, restored.Outcome);
        var another = queue.Start().Store;
        await using var opened = await another.OpenAsync(queue.Session, Cancel);
        Assert.True(opened.IsRolledBack);
        Assert.False((await opened.GetAsync(new AuthKey("pre-key", "9"), Cancel)).Exists);
        await opened.CommitAsync(QueueFixture.Queued(QueueFixture.Mapping, 7), Cancel);
        Assert.Equal(7, (await opened.GetAsync(QueueFixture.Mapping, Cancel)).Value.Span[0]);
    }

    [Fact]
    public async Task Restore_ReplaceWhereAnotherProcessHoldsIt_LeavesItAsItIs()
    {
        var store = await BackUpAsync(Session);
        await using var held = await store.OpenAsync(Session, Cancel);
        var (another, _) = _fixture.Start();

        var restored = Assert.Single(await _fixture.RestoreAsync(another, replace: true));

        Assert.Equal(RestoreOutcome.Held, restored.Outcome);
        await held.CommitAsync(new AuthPatch().Set("pre-key", "2", Value(2)), Cancel);
        Assert.Equal(3, (await store.FindSessionAsync(Session, Cancel))!.Version);
    }

    [Fact]
    public async Task Restore_WithoutKeys_IsRefusedAndNamed()
    {
        await BackUpAsync(Session);
        var (target, _) = _fixture.Start("b.db");

        var e = await Assert.ThrowsAsync<BackupException>(async () => await _fixture.RestoreAsync(target, withKeys: false));

        Assert.Equal((BackupFault.KeysMissing, Session), (e.Fault, e.Session));
        Assert.Null(await target.FindSessionAsync(Session, Cancel));
    }

    [Fact]
    public async Task Restore_UnderAnotherMasterKey_IsRefused()
    {
        await BackUpAsync(Session);
        _fixture.ChangeMasterKey();
        var (target, _) = _fixture.Start("b.db");

        var e = await Assert.ThrowsAsync<MasterKeyException>(async () => await _fixture.RestoreAsync(target));

        Assert.Equal(MasterKeyFault.Wrong, e.Fault);
        Assert.Null(await target.FindSessionAsync(Session, Cancel));
    }

    [Fact]
    public async Task Restore_KeysOfAnotherBackup_AreMissing()
    {
        await BackUpAsync(Session);
        var (other, _) = _fixture.Start("c.db");
        await FillAsync(other, Session);
        var (file, keys) = (Path.Join(_fixture.Folder, "c.backup"), Path.Join(_fixture.Folder, "c.keys"));
        await other.Backup.WriteAsync(new AuthBackupRequest(file) { KeysPath = keys }, Cancel);
        var (target, _) = _fixture.Start("b.db");

        var e = await Assert.ThrowsAsync<BackupException>(async () => await target.Backup.RestoreAsync(new AuthRestoreRequest(_fixture.File) { KeysPath = keys }, Cancel));

        Assert.Equal(BackupFault.KeysMissing, e.Fault);
    }

    [Fact]
    public async Task Restore_FilesAreMixedUp_IsNoBackup()
    {
        await BackUpAsync(Session);
        var (target, _) = _fixture.Start("b.db");

        foreach (var (file, keys) in new[] { (_fixture.Keys, _fixture.Keys), (_fixture.File, _fixture.File) })
        {
            var e = await Assert.ThrowsAsync<BackupException>(async () => await target.Backup.RestoreAsync(new AuthRestoreRequest(file) { KeysPath = keys }, Cancel));
            Assert.Equal(BackupFault.NotABackup, e.Fault);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Restore_AnyBitFlipped_IsDamagedAndChangesNothing(bool ofKeys)
    {
        await BackUpAsync(Session);
        var (target, cold) = _fixture.Start("b.db");
        var path = ofKeys ? _fixture.Keys : _fixture.File;
        var whole = await System.IO.File.ReadAllBytesAsync(path, Cancel);
        var step = Math.Max(1, whole.Length / 150);
        for (var at = 0; at < whole.Length; at += step)
        {
            var changed = whole.ToArray();
            changed[at] ^= (byte)(1 << (at % 8));
            await System.IO.File.WriteAllBytesAsync(path, changed, Cancel);

            var e = await Assert.ThrowsAsync<BackupException>(async () => await _fixture.RestoreAsync(target));

            Assert.True(e.Fault is BackupFault.Damaged or BackupFault.NotABackup or BackupFault.NewerFormat, $"{at}: {e.Fault}");
        }

        Assert.Equal(0, cold.Probe.Count(TierOperation.Import));
    }

    [Fact]
    public async Task Restore_CutShortOrLonger_IsDamagedAndChangesNothing()
    {
        await BackUpAsync(Session);
        var (target, cold) = _fixture.Start("b.db");
        var whole = await System.IO.File.ReadAllBytesAsync(_fixture.File, Cancel);
        var step = Math.Max(1, whole.Length / 150);
        for (var length = 0; length < whole.Length; length += step)
        {
            await System.IO.File.WriteAllBytesAsync(_fixture.File, whole[..length], Cancel);
            var e = await Assert.ThrowsAsync<BackupException>(async () => await _fixture.RestoreAsync(target));
            Assert.Equal(length < BackupFormat.HeaderSize ? BackupFault.NotABackup : BackupFault.Damaged, e.Fault);
        }

        await System.IO.File.WriteAllBytesAsync(_fixture.File, [.. whole, 0], Cancel);
        Assert.Equal(BackupFault.Damaged, (await Assert.ThrowsAsync<BackupException>(async () => await _fixture.RestoreAsync(target))).Fault);
        Assert.Equal(0, cold.Probe.Count(TierOperation.Import));
    }

    [Fact]
    public async Task Restore_NewerFormat_IsNamed()
    {
        await BackUpAsync(Session);
        var bytes = await System.IO.File.ReadAllBytesAsync(_fixture.File, Cancel);
        bytes[5] = BackupFormat.Current + 1;
        await System.IO.File.WriteAllBytesAsync(_fixture.File, bytes, Cancel);
        var (target, _) = _fixture.Start("b.db");

        Assert.Equal(BackupFault.NewerFormat, (await Assert.ThrowsAsync<BackupException>(async () => await _fixture.RestoreAsync(target))).Fault);
    }

    [Fact]
    public async Task Restore_NoSuchFile_IsInaccessible()
    {
        var (target, _) = _fixture.Start("b.db");

        Assert.Equal(BackupFault.Inaccessible, (await Assert.ThrowsAsync<BackupException>(async () => await _fixture.RestoreAsync(target))).Fault);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Restore_CutShortAfterTheImport_IsFinishedByTheSameAgain(int failingCommit)
    {
        await BackUpAsync(Session);
        var (first, cold) = _fixture.Start("b.db");
        var commits = 0;
        cold.Probe.Before = operation => operation == TierOperation.Commit && ++commits == failingCommit ? throw new StoreUnavailableException("sqlite", "It is down.") : Task.CompletedTask;
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _fixture.RestoreAsync(first));
        var (second, _) = _fixture.Start("b.db");

        var restored = Assert.Single(await _fixture.RestoreAsync(second));

        Assert.Equal((RestoreOutcome.Restored, 1L, 5L, 4L), (restored.Outcome, restored.Incarnation, restored.Records, restored.Dropped));
        await using var session = await second.OpenAsync(Session, Cancel);
        Assert.True(session.IsRolledBack);
        await session.DisposeAsync();

        // And once more is another restore.
        await Assert.ThrowsAsync<SessionExistsException>(async () => await _fixture.RestoreAsync(second));
    }

    [Fact]
    public async Task Restore_OneOfMany_LeavesTheOthers()
    {
        await BackUpAsync(Session, Other);
        var (target, _) = _fixture.Start("b.db");
        var request = new AuthRestoreRequest(_fixture.File) { KeysPath = _fixture.Keys, Session = Other };

        Assert.Equal(Other, Assert.Single(await target.Backup.RestoreAsync(request, Cancel)).Session);
        Assert.Null(await target.FindSessionAsync(Session, Cancel));
        await Assert.ThrowsAsync<SessionNotFoundException>(async () => await target.Backup.RestoreAsync(request with { Session = new AuthSessionId("no", "one") }, Cancel));
    }

    private async Task<HybridAuthStore> BackUpAsync(params AuthSessionId[] sessions)
    {
        var (store, _) = _fixture.Start();
        foreach (var session in sessions)
            await FillAsync(store, session);
        await _fixture.BackUpAsync(store);
        return store;
    }
}
