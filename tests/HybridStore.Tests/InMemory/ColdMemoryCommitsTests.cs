using HybridStore.InMemory;
using HybridStore.Tiers;

namespace HybridStore.Tests.InMemory;

/// <summary>The commit ids that the in-memory cold tier remembers, in lists that share their memory.</summary>
public class ColdMemoryCommitsTests
{
    [Fact]
    public void AsManyAsAreRemembered_TheOldestGoFirst()
    {
        CommitMark[] marks = [.. Enumerable.Range(1, 500).Select(static v => new CommitMark(CommitId.New(), v))];
        var commits = marks.Aggregate(ColdMemoryCommits.None, static (c, m) => c.Add(m));

        Assert.Equal(marks[^AuthLimits.RememberedCommits..], commits.Marks.ToArray());
        Assert.Equal(500, commits.Find(marks[^1].Id));
        Assert.Equal(0, commits.Find(marks[0].Id));
    }

    [Fact]
    public void AVersionThatJumps_LeavesAllBehind()
    {
        var commits = ColdMemoryCommits.None.Add(new CommitMark(CommitId.New(), 1)).Add(new CommitMark(CommitId.New(), 2)).Add(new CommitMark(CommitId.New(), 1L << 32));

        Assert.Equal([1L << 32], commits.Marks.ToArray().Select(static m => m.Version));
    }

    [Fact]
    public void TwoThatGoOnFromTheSame_DoNotSeeEachOther()
    {
        var common = ColdMemoryCommits.None.Add(new CommitMark(CommitId.New(), 1));
        var (here, there) = (new CommitMark(CommitId.New(), 2), new CommitMark(CommitId.New(), 2));
        var one = common.Add(here);
        var other = common.Add(there);

        Assert.Equal([common.Marks[0], here], one.Marks.ToArray());
        Assert.Equal([common.Marks[0], there], other.Marks.ToArray());
        Assert.Equal(1, common.Marks.Length);
    }
}
