using HybridStore.Conformance;
using HybridStore.Tests.Outbox;
using static HybridStore.Tests.Backup.BackupFixture;

namespace HybridStore.Tests.Backup;

/// <summary>What a backup has of sessions that are in use.</summary>
public sealed class BackupTests : IAsyncDisposable
{
    private readonly BackupFixture _fixture = new();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Write_AllSessions_SaysWhatIsThereAndLeavesNothingElse()
    {
        var (store, _) = _fixture.Start();
        await FillAsync(store, Session);
        await FillAsync(store, Other);

        var written = await _fixture.BackUpAsync(store);

        Assert.Equal([(Session, BackupOutcome.Written, 2L, 9L), (Other, BackupOutcome.Written, 2L, 9L)], written.Select(w => (w.Session, w.Outcome, w.Version, w.Records)));
        Assert.Equal(["all.backup", "all.keys"], Directory.GetFiles(_fixture.Folder, "all*").Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(written, w => Assert.True(w.Bytes > 0));
    }

    [Fact]
    public async Task Write_AnySession_HasNoPlaintextAndNoKey()
    {
        var (store, cold) = _fixture.Start();
        await FillAsync(store, Session);

        await _fixture.BackUpAsync(store);

        var bytes = await System.IO.File.ReadAllBytesAsync(_fixture.File, Cancel);
        var wrapped = (await cold.Inner.ReadAsync(Session, [], withDataKeys: true, Cancel)).DataKeys.Single().Bytes.ToArray();
        Assert.Equal(-1, bytes.AsSpan().IndexOf("noiseKey"u8));
        Assert.Equal(-1, bytes.AsSpan().IndexOf(wrapped));
        Assert.NotEqual(-1, (await System.IO.File.ReadAllBytesAsync(_fixture.Keys, Cancel)).AsSpan().IndexOf(wrapped));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Write_SessionChangesMeanwhile_IsReadAgainUntilItIsOfOneVersion(int changes)
    {
        var (store, cold) = _fixture.Start();
        var (writer, _) = _fixture.Start();
        await FillAsync(writer, Session);
        var left = changes;
        cold.Probe.After = async operation =>
        {
            if (operation == TierOperation.Enumerate && left-- > 0)
                await writer.CommitAsync(Session, new AuthPatch().Set("pre-key", "1", Value((byte)(100 + left))), Cancel);
        };

        var written = Assert.Single(await _fixture.BackUpAsync(store));

        Assert.Equal((BackupOutcome.Written, 2L + changes, 9L), (written.Outcome, written.Version, written.Records));
        var (target, _) = _fixture.Start("b.db");
        await _fixture.RestoreAsync(target);
        Assert.Equal(Value(100), (await ContentsAsync(target, Session))["pre-key/1"]);
    }

    [Fact]
    public async Task Write_SessionNeverStandsStill_IsNamedAndLeftOut()
    {
        var (store, cold) = _fixture.Start();
        var (writer, _) = _fixture.Start();
        await FillAsync(writer, Session);
        await FillAsync(writer, Other);
        cold.Probe.After = async operation =>
        {
            if (operation == TierOperation.Enumerate)
                await writer.CommitAsync(Session, new AuthPatch().Set("pre-key", "1", Value(8)), Cancel);
        };

        var written = await _fixture.BackUpAsync(store);

        Assert.Equal([(Session, BackupOutcome.Busy), (Other, BackupOutcome.Written)], written.Select(w => (w.Session, w.Outcome)));
        var (target, _) = _fixture.Start("b.db");
        Assert.Equal(Other, Assert.Single(await _fixture.RestoreAsync(target)).Session);
    }

    [Fact]
    public async Task Write_FileExists_IsRefusedAndLeftAsItIs()
    {
        var (store, _) = _fixture.Start();
        await FillAsync(store, Session);
        await System.IO.File.WriteAllTextAsync(_fixture.File, "mine", Cancel);

        var e = await Assert.ThrowsAsync<BackupException>(async () => await _fixture.BackUpAsync(store));

        Assert.Equal(BackupFault.Exists, e.Fault);
        Assert.Equal("mine", await System.IO.File.ReadAllTextAsync(_fixture.File, Cancel));
    }

    [Fact]
    public async Task Write_ColdGoesDown_LeavesNoFile()
    {
        var (store, cold) = _fixture.Start();
        await FillAsync(store, Session);
        cold.Probe.Fail(TierOperation.Enumerate, afterwards: false);

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await _fixture.BackUpAsync(store));

        Assert.Empty(Directory.GetFiles(_fixture.Folder, "all*"));
    }

    [Fact]
    public async Task Write_OneSessionThatIsNotThere_IsNotFound()
    {
        var (store, _) = _fixture.Start();

        await Assert.ThrowsAsync<SessionNotFoundException>(async () => await store.Backup.WriteAsync(new AuthBackupRequest(_fixture.File) { Session = Session }, Cancel));

        Assert.Empty(Directory.GetFiles(_fixture.Folder, "all*"));
    }

    [Fact]
    public async Task Write_CommitsAreQueuedByAHolderThatIsGone_AreDrainedFirst()
    {
        await using var queue = new QueueFixture();
        await QueueAndVanishAsync(queue);
        queue.PassLease();

        var written = Assert.Single(await queue.Start().Store.Backup.WriteAsync(new AuthBackupRequest(_fixture.File), Cancel));

        Assert.Equal((BackupOutcome.Written, 2L), (written.Outcome, written.Version));
    }

    [Fact]
    public async Task Write_CommitsAreQueuedByAHolderThatLives_IsNamedAndLeftOut()
    {
        await using var queue = new QueueFixture();
        await QueueAndVanishAsync(queue);

        var written = Assert.Single(await queue.WhileTimePassesAsync(queue.Start().Store.Backup.WriteAsync(new AuthBackupRequest(_fixture.File), Cancel)));

        Assert.Equal(BackupOutcome.Ahead, written.Outcome);
    }

    [Fact]
    public async Task Write_HolderDrainsWhatItHasQueued_IsWaitedFor()
    {
        await using var queue = new QueueFixture();
        var (process, session) = await queue.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(QueueFixture.Queued(QueueFixture.A, 2), Cancel);
        var backup = queue.Start();
        var reads = 0;
        backup.Cold.Probe.Before = async operation =>
        {
            if (operation != TierOperation.Read)
                return;
            process.FindCold();

            // The clock goes on faster than the holder gets to drain on a busy machine: it is waited for once the backup has seen that something is queued.
            if (++reads > 2)
                await queue.UntilHotIsToldAsync();
        };

        var written = Assert.Single(await queue.WhileTimePassesAsync(backup.Store.Backup.WriteAsync(new AuthBackupRequest(_fixture.File), Cancel)));

        Assert.Equal((BackupOutcome.Written, 2L), (written.Outcome, written.Version));
    }

    private static async Task QueueAndVanishAsync(QueueFixture queue)
    {
        var (process, session) = await queue.OpenAsync();
        process.LoseCold();
        await session.CommitAsync(QueueFixture.Queued(QueueFixture.A, 2), Cancel);
    }
}
