using HybridStore.PostgreSql.Engine;
using HybridStore.PostgreSql.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.PostgreSql.Tests;

/// <summary>How history comes into a schema, and what it leaves there; what it says is the contract's.</summary>
public sealed class PostgreSqlColdTierHistoryTests : ColdTest
{
    private const string Rows = "SELECT (SELECT count(*) FROM hybridstore.history) + (SELECT count(*) FROM hybridstore.history_version) + (SELECT count(*) FROM hybridstore.history_record)";

    private static readonly ColdHistoryRetention All = new();

    [Fact]
    public async Task Open_SchemaFromBeforeHistory_IsBroughtUpToDateWithWhatIsInIt()
    {
        await Schema.ExecuteAsync($"CREATE SCHEMA {Schema.Name}");
        var sql = new SqlText(Schema.Name);
        foreach (var file in PostgreSqlSchema.Migrations[0].Files)
            await Schema.ExecuteAsync(sql[file]);
        await Schema.ExecuteAsync("INSERT INTO hybridstore.schema_version (number, readable_from) VALUES (1, 1)");
        Assert.Equal(StoreUnusableReason.NotFound, (await Assert.ThrowsAsync<StoreUnusableException>(async () => await (await OpenAsync(o => o.Migrates = false)).InitializeAsync(Cancel))).Reason);

        var tier = await OpenAsync();
        await tier.CommitAsync(Creation(Patch(Set("a", 1))), Cancel);
        await KeepAsync(tier, Commit(Patch(Set("a", 2))));

        Assert.Equal(PostgreSqlSchema.Version, await Schema.ExecuteAsync("SELECT number FROM hybridstore.schema_version"));

        // The library before it works on.
        Assert.Equal(1, await Schema.ExecuteAsync("SELECT readable_from FROM hybridstore.schema_version"));
        Assert.Equal([2, 1], (await ToListAsync(tier.History!.ListAsync(Session, Cancel))).Select(v => v.Version));
    }

    [Fact]
    public async Task Delete_SessionWithHistory_LeavesNoRowOfIt()
    {
        var tier = await OpenAsync();
        await KeepAsync(tier, Creation(Patch([.. Enumerable.Range(0, 1_200).Select(i => Set($"{i}"))])));
        await KeepAsync(tier, Commit(Patch([.. Enumerable.Range(0, 1_200).Select(i => Set($"{i}"))])));
        Assert.Equal(1_200L, await Schema.ExecuteAsync("SELECT count(*) FROM hybridstore.history_record"));

        await tier.DeleteSessionAsync(Session, Cancel);
        await tier.Store.Purge.Running;

        Assert.Equal(0L, await Schema.ExecuteAsync(Rows));
        Assert.Equal(0L, await Schema.ExecuteAsync("SELECT count(*) FROM hybridstore.unowned"));
    }

    [Fact]
    public async Task Commit_WithoutHistory_LeavesNoRow()
    {
        var tier = await OpenAsync();
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        await tier.CommitAsync(Commit(Patch(Set("a"), Delete("b"))), Cancel);

        Assert.Equal(0L, await Schema.ExecuteAsync(Rows));
    }

    [Fact]
    public async Task Commit_ManyTouchTheSameSessionAtOnce_HistoryHasAllOfThem()
    {
        var (one, two) = (await OpenAsync(), await OpenAsync());
        await KeepAsync(one, Creation(Patch(Set("a"))));

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () => await KeepAsync(i % 2 == 0 ? one : two, Commit(Patch(Set("a", (byte)i)))), Cancel)));

        Assert.Equal(Enumerable.Range(1, 41).Reverse().Select(i => (long)i), (await ToListAsync(one.History!.ListAsync(Session, Cancel))).Select(v => v.Version));
        Assert.Equal(
            Enumerable.Range(1, 40).Reverse().Select(i => ((long)i, (long)i + 1)),
            (await ToListAsync(two.History!.ListAsync(Session, Record("a"), Cancel))).Select(r => (r.Version, r.ReplacedBy)));
    }

    private static async Task KeepAsync(PostgreSqlColdTier tier, ColdCommit commit)
    {
        var keeping = new ColdCommit
        {
            Session = commit.Session, Incarnation = commit.Incarnation, SealedWith = commit.SealedWith, NewDataKey = commit.NewDataKey, History = All, Patches = commit.Patches,
        };
        Assert.Equal(ColdCommitStatus.Committed, (await tier.CommitAsync(keeping, Cancel)).Status);
    }
}
