using HybridStore.Sqlite.Engine;
using HybridStore.Sqlite.Tests.Support;
using HybridStore.Tiers;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HybridStore.Sqlite.Tests;

/// <summary>The writer keeps the rows of sessions that it committed to last: whatever changes them otherwise must show in the next commit.</summary>
public sealed class SqliteColdTierRecentSessionsTests : TierTest
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Commit_AnotherConnectionCommitted_ContinuesFromIt()
    {
        await CreateAsync();
        var other = Open();
        for (long version = 2; version < 10; version += 2)
        {
            Assert.Equal(version, (await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel)).Version);
            Assert.Equal(version + 1, (await other.CommitAsync(Commit(Patch(Set("a"))), Cancel)).Version);
        }
    }

    [Fact]
    public async Task Commit_AnotherConnectionGrantedALease_IsFenced()
    {
        await CreateAsync();
        await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel);
        Assert.True((await AcquireAsync(Open())).Granted);

        Assert.Equal(ColdCommitStatus.Fenced, (await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel)).Status);
    }

    [Fact]
    public async Task Commit_AnotherConnectionDeletedTheSession_IsOfAnEndedIncarnation()
    {
        await CreateAsync();
        await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel);
        await Open().DeleteSessionAsync(Session, Cancel);

        Assert.Equal(ColdCommitStatus.IncarnationEnded, (await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel)).Status);
    }

    [Fact]
    public async Task Commit_DeletedHere_IsOfAnEndedIncarnation()
    {
        await CreateAsync();
        await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel);
        await Tier.DeleteSessionAsync(Session, Cancel);

        Assert.Equal(ColdCommitStatus.IncarnationEnded, (await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel)).Status);
    }

    [Fact]
    public async Task Commit_LeaseWasRenewedAfterTheHoldersCommit_IsFencedUntilTheNewEnd()
    {
        await CreateAsync();
        var grant = await AcquireAsync(Tier);
        Assert.Equal(ColdCommitStatus.Committed, (await Tier.CommitAsync(WithEpoch(Commit(Patch(Set("a"))), grant.Epoch), Cancel)).Status);
        Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal([true], await Tier.Leases.RenewAsync([new LeaseRef(Session, grant.Epoch)], Duration, Cancel));
        Time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(ColdCommitStatus.Fenced, (await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel)).Status);
    }

    [Fact]
    public async Task Commit_TheOneBeforeWasRolledBack_ContinuesFromWhatWasKept()
    {
        var hooks = new SqliteTestHooks();
        var tier = Open(Folder.File("undone.db"), hooks: hooks);
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        await tier.CommitAsync(Commit(Patch(Set("a"))), Cancel);
        var undone = Commit(Patch(Set("a")));
        hooks.Committing = () => throw new SqliteException("database is locked", raw.SQLITE_BUSY, raw.SQLITE_BUSY);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.CommitAsync(undone, Cancel));
        hooks.Committing = null;

        var again = await tier.CommitAsync(undone, Cancel);

        Assert.Equal((ColdCommitStatus.Committed, 3), (again.Status, again.Version));
    }

    [Fact]
    public async Task Commit_TheOneBeforeWasRefusedHalfWay_ContinuesFromWhatWasKept()
    {
        await CreateAsync();
        await Tier.CommitAsync(Commit(Patch(Set("a"))), Cancel);
        var first = Patch(Set("a"));
        var conflicting = new SealedPatch { CommitId = CommitId.New(), Changes = [Set("x")], Expectations = [new AuthExpectation(Record("x"), 7)] };
        Assert.Equal(ColdCommitStatus.Conflict, (await Tier.CommitAsync(Commit(first, conflicting), Cancel)).Status);

        var again = await Tier.CommitAsync(Commit(first), Cancel);

        Assert.Equal((ColdCommitStatus.Committed, 3), (again.Status, again.Version));
    }

    private static async Task<LeaseGrant> AcquireAsync(SqliteColdTier tier) =>
        await tier.Leases.AcquireAsync(new LeaseRequest(Session, "one", Duration, MayQueue: false), Cancel);
}
