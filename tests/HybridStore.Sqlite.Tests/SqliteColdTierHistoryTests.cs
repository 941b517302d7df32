using HybridStore.Sqlite.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Tests;

/// <summary>What history leaves in the file; what it says is the contract's.</summary>
public sealed class SqliteColdTierHistoryTests : TierTest
{
    private static readonly ColdHistoryRetention All = new();

    [Fact]
    public async Task Delete_SessionWithHistory_LeavesNoRowOfIt()
    {
        await KeepAsync(Creation(Patch([.. Enumerable.Range(0, 1_200).Select(i => Set($"{i}"))])), All);
        await KeepAsync(Commit(Patch([.. Enumerable.Range(0, 1_200).Select(i => Set($"{i}"))])), All);
        Assert.Equal(1_200, Query("SELECT count(*) FROM history_record"));

        await Tier.DeleteSessionAsync(Session, Cancel);
        await FinishTidyingAsync(Tier);

        Assert.Equal(0, Query("SELECT (SELECT count(*) FROM history) + (SELECT count(*) FROM history_version) + (SELECT count(*) FROM history_record) + (SELECT count(*) FROM purge)"));
    }

    [Fact]
    public async Task Commit_WithoutHistory_LeavesNoRow()
    {
        await CreateAsync();
        await Tier.CommitAsync(Commit(Patch(Set("a"), Delete("b"))), Cancel);

        Assert.Equal(0, Query("SELECT (SELECT count(*) FROM history) + (SELECT count(*) FROM history_version) + (SELECT count(*) FROM history_record)"));
    }

    [Fact]
    public async Task Commit_MuchIsLetGoAtOnce_IsRemovedByTheNextCommitsInParts()
    {
        await KeepAsync(Creation(Patch([.. Enumerable.Range(0, 600).Select(i => Set($"{i}"))])), All);
        await KeepAsync(Commit(Patch([.. Enumerable.Range(0, 600).Select(i => Set($"{i}"))])), All);
        await KeepAsync(Commit(Patch(Set("0"))), All);

        var counts = new List<long>();
        for (int i = 0; i < 4; i++)
        {
            await KeepAsync(Commit(Patch(Set("0"))), new ColdHistoryRetention { MaxVersions = 1 });
            counts.Add(Query("SELECT count(*) FROM history_record"));
        }

        // 602 rows, of which one of each commit stays.
        Assert.Equal([346, 91, 1, 1], counts);
    }

    private async Task KeepAsync(ColdCommit commit, ColdHistoryRetention retention)
    {
        var keeping = new ColdCommit
        {
            Session = commit.Session, Incarnation = commit.Incarnation, SealedWith = commit.SealedWith, NewDataKey = commit.NewDataKey, History = retention, Patches = commit.Patches,
        };
        Assert.Equal(ColdCommitStatus.Committed, (await Tier.CommitAsync(keeping, Cancel)).Status);
    }
}
