using System.Text;
using HybridStore.Codec;
using HybridStore.Sqlite.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Tests;

public sealed class SqliteColdTierDeletionTests : TierTest
{
    [Fact]
    public async Task Delete_Session_LeavesATombstoneOnly()
    {
        await Tier.CommitAsync(Creation(Patch([.. Enumerable.Range(0, 1_200).Select(i => Set($"{i}"))])), Cancel);
        await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel);

        Assert.Equal(new ColdDeletion(true, 1, 2, 1), await Tier.DeleteSessionAsync(Session, Cancel));

        var read = await ReadAsync("1", "a");
        Assert.Null(read.Head);
        Assert.Equal(1, read.LastEndedIncarnation);
        Assert.All(read.Records, r => Assert.False(r.Exists));
        Assert.Empty(read.DataKeys);
        Assert.Equal(1, (await Tier.ReadAsync(Session, [Record("a")], false, Cancel)).LastEndedIncarnation);
        await FinishTidyingAsync(Tier);
        Assert.Equal(
            0,
            Query("SELECT (SELECT count(*) FROM session) + (SELECT count(*) FROM record) + (SELECT count(*) FROM data_key) + (SELECT count(*) FROM purge)"));
        Assert.Equal(1, Query("SELECT count(*) FROM tombstone"));
    }

    [Fact]
    public async Task Delete_Again_SaysWhatEndedEarlier()
    {
        await CreateAsync();
        await Tier.DeleteSessionAsync(Session, Cancel);
        Assert.Equal(new ColdDeletion(false, 1, 1, 1), await Tier.DeleteSessionAsync(Session, Cancel));
    }

    [Fact]
    public async Task Delete_NeverLived_SaysSo() => Assert.Equal(new ColdDeletion(false, 0, 0, 0), await Tier.DeleteSessionAsync(Session, Cancel));

    [Fact]
    public async Task Delete_HeldButNeverLived_FencesTheHolder()
    {
        var lease = await Tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromMinutes(1), MayQueue: true), Cancel);

        Assert.Equal(new ColdDeletion(false, 0, 0, lease.Epoch + 1), await Tier.DeleteSessionAsync(Session, Cancel));

        Assert.Equal(ColdCommitStatus.Fenced, (await Tier.CommitAsync(WithEpoch(Creation(Patch(Set("a"))), lease.Epoch), Cancel)).Status);
        Assert.Equal(0, (await ReadAsync()).LastEndedIncarnation);
    }

    [Fact]
    public async Task Delete_HeldSession_FencesTheHolderAndEndsTheLease()
    {
        await CreateAsync();
        var lease = await Tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromMinutes(1), MayQueue: true), Cancel);

        var deletion = await Tier.DeleteSessionAsync(Session, Cancel);

        Assert.Equal(lease.Epoch + 1, deletion.Epoch);
        Assert.Equal([false], await Tier.Leases.RenewAsync([new LeaseRef(Session, lease.Epoch)], TimeSpan.FromMinutes(1), Cancel));
        Assert.Equal(ColdCommitStatus.IncarnationEnded, (await Tier.CommitAsync(WithEpoch(Commit(Patch(Set("a"))), lease.Epoch), Cancel)).Status);
        Assert.Equal(
            ColdCommitStatus.Fenced, (await Tier.CommitAsync(WithEpoch(CreationOf(Session, 2, Patch(Set("a"))), lease.Epoch), Cancel)).Status);
        Assert.Empty(await ToListAsync(Tier.Leases.ListAheadAsync(unheldOnly: false, Cancel)));
    }

    [Fact]
    public async Task Delete_ThenCreate_IsTheNextIncarnationUnderAHigherEpoch()
    {
        await CreateAsync();
        var lease = await Tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromMinutes(1), MayQueue: false), Cancel);
        var late = WithEpoch(Commit(Patch(Set("a", 66))), lease.Epoch);
        await Tier.DeleteSessionAsync(Session, Cancel);

        var created = await Tier.CommitAsync(
            new ColdCommit { Session = Session, Incarnation = 2, SealedWith = Key2.Id, NewDataKey = Key2, Patches = [Patch(Set("b"))] }, Cancel);

        Assert.Equal((ColdCommitStatus.Committed, 2, 1, 2), (created.Status, created.Incarnation, created.Version, created.Epoch));
        Assert.Equal(ColdCommitStatus.IncarnationEnded, (await Tier.CommitAsync(late, Cancel)).Status);
        var read = await ReadAsync("a", "b");
        Assert.Equal([0, 1], read.Records.Select(r => r.Version));
        Assert.Equal(1, read.LastEndedIncarnation);
        Assert.Equal(Key2.Id, Assert.Single(read.DataKeys).Id);
        Assert.Equal(new ColdDeletion(true, 2, 1, 3), await Tier.DeleteSessionAsync(Session, Cancel));
    }

    [Fact]
    public async Task Delete_RepeatOfAnOldCommitAfterwards_DoesNotBringItBack()
    {
        var first = Creation(Patch(Set("a")));
        await Tier.CommitAsync(first, Cancel);
        await Tier.DeleteSessionAsync(Session, Cancel);

        Assert.Equal(ColdCommitStatus.IncarnationEnded, (await Tier.CommitAsync(first, Cancel)).Status);
        Assert.Equal(ColdCommitStatus.IncarnationEnded, (await Tier.ImportAsync(Import(Records(1)), Cancel)).Status);
        Assert.Equal(ColdCommitStatus.Committed, (await Tier.ImportAsync(Import(Records(1), incarnation: 2), Cancel)).Status);
    }

    [Fact]
    public async Task Delete_LargeSession_IsRemovedInSteps()
    {
        await Tier.ImportAsync(Import(Records(2_600, 20)), Cancel);
        var writer = (await Tier.Store.OpenAsync(Cancel)).Writer;
        await Tier.DeleteSessionAsync(Session, Cancel);
        await FinishTidyingAsync(Tier);
        Assert.True(writer.Tidied.Steps >= 2_600 / 500, $"{writer.Tidied.Steps} steps");
    }

    [Fact]
    public async Task Delete_InterruptedRemoval_GoesOnAtTheNextStart()
    {
        await Tier.DisposeAsync();
        Execute(DatabasePath, "INSERT INTO record VALUES (900, 't', 'i', 1, x'00'); INSERT INTO purge VALUES (900)");

        var next = Open();
        await FinishTidyingAsync(next);

        Assert.Equal(0, Query("SELECT (SELECT count(*) FROM record) + (SELECT count(*) FROM purge)"));
    }

    [Fact]
    public async Task Delete_DataKey_IsNotInTheFileAnyMore()
    {
        byte[] marker = Encoding.ASCII.GetBytes("these-bytes-are-the-wrapped-data-key");
        await Tier.CommitAsync(
            new ColdCommit { Session = Session, Incarnation = 1, SealedWith = Key1.Id, NewDataKey = new WrappedDataKey(Key1.Id, marker), Patches = [Patch(Set("a"))] },
            Cancel);
        // Into the database's own pages, not the log alone.
        Query("PRAGMA wal_checkpoint(TRUNCATE)");

        await Tier.DeleteSessionAsync(Session, Cancel);
        await FinishTidyingAsync(Tier);

        Assert.Equal(0, new FileInfo(DatabasePath + "-wal").Length);
        await Tier.DisposeAsync();
        Assert.True((await File.ReadAllBytesAsync(DatabasePath, Cancel)).AsSpan().IndexOf(marker) < 0);
    }
}
