using HybridStore.Sqlite.Engine;
using HybridStore.Sqlite.Tests.Support;
using HybridStore.Tiers;
using SQLitePCL;

namespace HybridStore.Sqlite.Tests;

/// <summary>Cost follows the change, not the account.</summary>
public sealed class SqliteColdTierCommitCostTests : TierTest
{
    private const int WalHeader = 32;
    private const int FrameHeader = 24;

    private readonly List<string> _statements = [];

    /// <remarks>Counts pages of the log, which holds each page that a commit changed. What lies above a leaf is only read, so the deeper trees of the larger
    /// file don't show; a page that is full and splits does, in either file, which is why no record is made longer or added here.</remarks>
    [Fact]
    public async Task Commit_SessionOf100And100000_SameStatementsAndPages()
    {
        var small = await CostsAsync("small.db", 100);
        var large = await CostsAsync("large.db", 100_000);

        Assert.Equal(small, large);
        Assert.Equal((5, 2), small[0]);
    }

    // A replaced record, a deleted one, one that is not there, and ten at once: the statements between BEGIN and COMMIT, and the pages.
    private async Task<List<(int Statements, long Pages)>> CostsAsync(string name, int records)
    {
        var path = Folder.File(name);
        var tier = Open(path, hooks: new SqliteTestHooks { WriterOpened = Trace });
        var import = await tier.ImportAsync(Import(Records(records)), Cancel);
        Assert.Equal(records, Query(path, "SELECT count(*) FROM record"));
        Assert.Equal(ColdCommitStatus.Committed, import.Status);

        var costs = new List<(int, long)>();
        SealedChange[][] patches =
        [
            [Replace(50)],
            [new SealedChange(Key(60), null)],
            [new SealedChange(new AuthKey("pre-key", "never"), null)],
            [.. Enumerable.Range(20, 10).Select(Replace)],
        ];
        foreach (var changes in patches)
        {
            Assert.Equal(0, Query(path, "PRAGMA wal_checkpoint(TRUNCATE)"));
            _statements.Clear();
            Assert.Equal(ColdCommitStatus.Committed, (await tier.CommitAsync(Commit(Patch(changes)), Cancel)).Status);
            costs.Add((_statements.Count - 1, (new FileInfo(path + "-wal").Length - WalHeader) / (FrameHeader + Query(path, "PRAGMA page_size"))));
        }

        return costs;
    }

    private void Trace(SqliteDb db) => raw.sqlite3_trace(db.Handle, (_, sql) => _statements.Add(sql), null);

    private static AuthKey Key(int i) => new("pre-key", $"{i:D6}");

    private static SealedChange Replace(int i) => new(Key(i), Bytes(100, 0xEE));
}
