using System.Text;
using HybridStore.Sqlite.Engine;
using HybridStore.Sqlite.Tests.Support;
using HybridStore.Tiers;
using Microsoft.Data.Sqlite;

namespace HybridStore.Sqlite.Tests;

public sealed class SqliteColdTierOpeningTests : TierTest
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task Initialize_NewFile_IsTheOwnersOnlyAndDurable()
    {
        await CreateAsync();
        if (!OperatingSystem.IsWindows())
        {
            foreach (string file in Directory.GetFiles(Folder.Path))
                Assert.Equal(OwnerOnly, File.GetUnixFileMode(file));
        }

        Assert.Equal(SqliteSchema.ApplicationId, Query("PRAGMA application_id"));
        Assert.Equal(SqliteSchema.Version, Query("PRAGMA user_version"));
        using var db = new SqliteConnector(DatabasePath, TimeSpan.FromSeconds(5)).OpenWriter();
        Assert.Equal("wal", db.QueryText("PRAGMA journal_mode"));
        Assert.Equal(2, db.QueryInt64("PRAGMA synchronous"));
        Assert.Equal(1, db.QueryInt64("PRAGMA fullfsync"));
        Assert.Equal(1, db.QueryInt64("PRAGMA checkpoint_fullfsync"));
    }

    [Fact]
    public async Task Initialize_Again_DoesNothing()
    {
        await CreateAsync();
        await Tier.InitializeAsync(Cancel);
        await Tier.DisposeAsync();
        await Tier.DisposeAsync();

        Assert.Equal(["auth.db"], Directory.GetFiles(Folder.Path).Select(Path.GetFileName));
        Assert.Equal(1, (await Open().ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Version);
    }

    [Fact]
    public async Task Initialize_SeveralAtOnceOnANewFile_AllSucceed()
    {
        string path = Folder.File("together.db");
        var tiers = Enumerable.Range(0, 8).Select(_ => Open(path)).ToArray();
        using var start = new Barrier(tiers.Length);
        await Task.WhenAll(tiers.Select(tier => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(Cancel);
                return tier.InitializeAsync(Cancel).AsTask();
            },
            Cancel,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap()));

        foreach (var (i, tier) in tiers.Index())
            Assert.Equal(ColdCommitStatus.Committed, (await tier.CommitAsync(CreationOf(new AuthSessionId("t", $"{i}"), 1, Patch(Set("a"))), Cancel)).Status);
        Assert.Empty(Directory.GetFiles(Folder.Path, "*.new"));
    }

    [Fact]
    public async Task Initialize_EmptyFile_BecomesADatabase()
    {
        await File.WriteAllBytesAsync(Folder.File("empty.db"), [], Cancel);
        await Open(Folder.File("empty.db")).InitializeAsync(Cancel);
    }

    [Fact]
    public async Task Initialize_FolderMissing_IsNamedAndOpensOnceItIsThere()
    {
        string path = Path.Combine(Folder.Path, "missing", "auth.db");
        var tier = Open(path);

        var error = await RefusedAsync(tier, StoreUnusableReason.NotFound);
        Assert.Contains(Path.GetDirectoryName(path)!, error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await tier.InitializeAsync(Cancel);
    }

    [Fact]
    public async Task Initialize_PathIsAFolder_IsNamed() =>
        Assert.Contains("is a folder", (await RefusedAsync(Open(Folder.Path), StoreUnusableReason.NotFound)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(10_000)]
    public async Task Initialize_NotADatabase_LeavesTheFileAsItIs(int length)
    {
        byte[] before = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"creds\":1}\n", 1_000)))[..length];
        await UntouchedAsync(before, StoreUnusableReason.NotOurs);
    }

    [Theory]
    [InlineData("CREATE TABLE t (x); INSERT INTO t VALUES (1)")]
    [InlineData("PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)")]
    [InlineData("PRAGMA application_id = 42; PRAGMA user_version = 1")]
    [InlineData("PRAGMA user_version = 1")]
    public async Task Initialize_DatabaseOfAnotherProgram_LeavesTheFileAsItIs(string sql)
    {
        Execute(Folder.File("made.db"), sql);
        await UntouchedAsync(await File.ReadAllBytesAsync(Folder.File("made.db"), Cancel), StoreUnusableReason.NotOurs);
    }

    [Fact]
    public async Task Initialize_SchemaOf1_IsBroughtUpToDateWithWhatItHolds()
    {
        string path = Folder.File("old.db");
        Execute(path, $"{SqliteSchema.Migrations[0].Sql}; PRAGMA application_id = {SqliteSchema.ApplicationId}; PRAGMA user_version = 1");
        var first = CommitId.New();
        byte[] commits = new byte[64 * CommitId.Size];
        first.Value.TryWriteBytes(commits.AsSpan(3 * CommitId.Size));
        Execute(
            path,
            $"INSERT INTO session VALUES (7, 'clinic', 'reception', 1, 3, 2, 2, {unchecked((long)Key1.Id.Value)}, 0, 0, 5, 6, NULL, x'{Convert.ToHexString(commits)}');"
            + $"INSERT INTO record VALUES (7, 'session', 'a', 3, x'01');"
            + $"INSERT INTO data_key VALUES (1, 7, {unchecked((long)Key1.Id.Value)}, x'{Convert.ToHexString(Key1.Bytes.Span)}', 5)");
        var tier = Open(path);

        var read = await tier.ReadAsync(Session, [Record("a")], withDataKeys: true, Cancel);

        Assert.Equal((1, 3, 2, 2, 0), (read.Head!.Incarnation, read.Head.Version, read.Head.Epoch, read.Head.AheadEpoch, read.Head.RolledBackAt));
        Assert.Equal([new CommitMark(first, 3)], read.Commits);
        Assert.Equal([1], read.Records[0].Envelope.ToArray());
        var rollback = new ColdCommit { Session = Session, Incarnation = 1, Epoch = 2, SealedWith = Key1.Id, Rollback = RollbackChange.Set, Patches = [PatchAt(3, 1_000)] };
        Assert.Equal(1_000, (await tier.CommitAsync(rollback, Cancel)).Version);
        Assert.Equal(3, (await tier.ReadAsync(Session, [], false, Cancel)).Head!.RolledBackAt);
        Assert.Equal(SqliteSchema.Version, Query(path, "PRAGMA user_version"));
    }

    [Fact]
    public async Task Initialize_NewerSchema_LeavesTheFileAsItIs()
    {
        await Tier.DisposeAsync();
        Execute(DatabasePath, $"PRAGMA user_version = {SqliteSchema.Version + 1}");
        await UntouchedAsync(await File.ReadAllBytesAsync(DatabasePath, Cancel), StoreUnusableReason.NewerSchema);
    }

    [Fact]
    public async Task Initialize_FileOrFolderNotWritable_IsReadOnly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Changes a thread's user with setfsuid.");
        await CreateAsync();
        await Tier.DisposeAsync();
        if (OperatingSystem.IsLinux())
        {
            File.SetUnixFileMode(Folder.Path, (UnixFileMode)0b111_101_101);
            OtherUser.Run(() => Refused(Open(), StoreUnusableReason.ReadOnly));
            File.SetUnixFileMode(DatabasePath, (UnixFileMode)0b100_100_100);
            OtherUser.Run(() => Refused(Open(), StoreUnusableReason.ReadOnly));
            File.SetUnixFileMode(DatabasePath, (UnixFileMode)0b110_110_110);
            OtherUser.Run(() => Refused(Open(), StoreUnusableReason.ReadOnly));
            OtherUser.Run(() => Refused(Open(Folder.File("new.db")), StoreUnusableReason.ReadOnly));
        }

        await Open().InitializeAsync(Cancel);
    }

    [Fact]
    public async Task Initialize_DamagedSchema_IsDamaged()
    {
        await Tier.DisposeAsync();
        await OverwriteAsync(DatabasePath, from: 100, to: 4096);
        await RefusedAsync(Open(), StoreUnusableReason.Damaged);
    }

    [Fact]
    public async Task Read_DamagedPages_IsDamagedAndNotAbsent()
    {
        await Tier.CommitAsync(Creation(Patch([.. Enumerable.Range(0, 2_000).Select(i => Set($"{i}"))])), Cancel);
        await Tier.DisposeAsync();
        await OverwriteAsync(DatabasePath, from: 20 * 4096, to: (int)new FileInfo(DatabasePath).Length);
        var tier = Open();

        var error = await Assert.ThrowsAsync<StoreUnusableException>(async () =>
        {
            for (int i = 0; i < 2_000; i++)
                Assert.True((await tier.ReadAsync(Session, [Record($"{i}")], false, Cancel)).Records[0].Exists);
        });
        Assert.Equal(StoreUnusableReason.Damaged, error.Reason);
        var patch = Patch([.. Enumerable.Range(0, 2_000).Select(i => Set($"{i}"))]);
        Assert.Equal(StoreUnusableReason.Damaged, (await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.CommitAsync(Commit(patch), Cancel))).Reason);
    }

    [Fact]
    public async Task Commit_NoRoom_IsFullAndChangesNothing()
    {
        var hooks = new SqliteTestHooks { WriterOpened = db => db.QueryInt64("PRAGMA max_page_count = 40") };
        var tier = Open(Folder.File("full.db"), hooks: hooks);
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);

        var error = await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.CommitAsync(Commit(Patch(Set("a", 2), Set("b", 2, 1_000_000))), Cancel));

        Assert.Equal(StoreUnusableReason.Full, error.Reason);
        Assert.Equal(1, (await tier.ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Version);
        Assert.Equal(2, (await tier.CommitAsync(Commit(Patch(Set("a", 3))), Cancel)).Version);
        await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.ImportAsync(
            new ColdImport { Session = new("t", "i"), Incarnation = 1, CommitId = CommitId.New(), DataKey = Key1, Records = Records(300, 1_000) }, Cancel));
        Assert.Single(await ToListAsync(tier.ListSessionsAsync(null, Cancel)));
    }

    [Fact]
    public async Task Commit_NoRoomForOneOfAGroup_TheOthersAreKept()
    {
        var hooks = new SqliteTestHooks { WriterOpened = db => db.QueryInt64("PRAGMA max_page_count = 60") };
        var tier = Open(Folder.File("full.db"), hooks: hooks);
        await tier.InitializeAsync(Cancel);

        var tasks = Enumerable.Range(0, 12)
            .Select(i => tier.CommitAsync(CreationOf(new AuthSessionId("t", $"{i}"), 1, Patch(Set("a", 1, i == 5 ? 1_000_000 : 10))), Cancel).AsTask()).ToArray();

        for (int i = 0; i < tasks.Length; i++)
        {
            if (i == 5)
                Assert.Equal(StoreUnusableReason.Full, (await Assert.ThrowsAsync<StoreUnusableException>(() => tasks[5])).Reason);
            else
                Assert.Equal(ColdCommitStatus.Committed, (await tasks[i]).Status);
        }
    }

    [Fact]
    public async Task Commit_AnotherProcessHoldsTheLock_IsUnavailableAfterTheBusyTimeoutAndReadsGoOn()
    {
        await CreateAsync();

        // What another tier's writer still tidies away would hold the same lock.
        await Tier.DisposeAsync();
        var tier = Open(configure: o => o.BusyTimeout = TimeSpan.FromSeconds(1));
        await tier.InitializeAsync(Cancel);
        using (var other = new SqliteDb(DatabasePath, SqliteOpenMode.ReadWrite, TimeSpan.Zero))
        {
            other.Execute("BEGIN IMMEDIATE");
            var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.CommitAsync(Commit(Patch(Set("a"))), Cancel));
            Assert.Equal("sqlite", error.Tier);
            Assert.True((await tier.ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Exists);
        }

        Assert.Equal(2, (await tier.CommitAsync(Commit(Patch(Set("a"))), Cancel)).Version);
    }

    [Fact]
    public async Task Commit_FileWasDeleted_IsNotFoundAndNeverAnEmptyStore()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not delete open files.");
        await CreateAsync();
        foreach (string file in Directory.GetFiles(Folder.Path))
            File.Delete(file);

        var error = await Assert.ThrowsAsync<StoreUnusableException>(async () => await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel));

        Assert.Equal(StoreUnusableReason.NotFound, error.Reason);
        Assert.Empty(Directory.GetFiles(Folder.Path));
    }

    private static async Task OverwriteAsync(string path, int from, int to)
    {
        byte[] bytes = await File.ReadAllBytesAsync(path, Cancel);
        new Random(5).NextBytes(bytes.AsSpan(from, to - from));
        await File.WriteAllBytesAsync(path, bytes, Cancel);
    }

    private static async Task<StoreUnusableException> RefusedAsync(SqliteColdTier tier, StoreUnusableReason reason)
    {
        var error = await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.InitializeAsync(Cancel));
        Assert.Equal((reason, "sqlite"), (error.Reason, error.Tier));
        return error;
    }

    // On the caller's thread, whose user it is.
    private static void Refused(SqliteColdTier tier, StoreUnusableReason reason)
    {
        var opening = tier.InitializeAsync(Cancel).AsTask();
        Assert.True(opening.IsFaulted);
        Assert.Equal(reason, Assert.IsType<StoreUnusableException>(opening.Exception!.InnerException).Reason);
    }

    private async Task UntouchedAsync(byte[] bytes, StoreUnusableReason reason)
    {
        string path = Folder.File("other.db");
        await File.WriteAllBytesAsync(path, bytes, Cancel);
        var tier = Open(path);

        Assert.Contains(path, (await RefusedAsync(tier, reason)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.ReadAsync(Session, [Record("a")], false, Cancel));
        await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel));

        Assert.Equal(bytes, await File.ReadAllBytesAsync(path, Cancel));
    }
}
