using HybridStore.Sqlite.Writing;
using HybridStore.Tiers;

namespace HybridStore.Sqlite.Tests.Writing;

public sealed class CommitRingTests
{
    [Fact]
    public void Find_AnyOfTheLast64_GivesItsVersion()
    {
        var ring = new CommitRing(new byte[CommitRing.Size]);
        var ids = new List<CommitId>();
        for (int version = 1; version <= 200; version++)
        {
            ids.Add(CommitId.New());
            ring.Set(ids[^1], version - 1, version);
            for (int back = 0; back < Math.Min(version, 64); back++)
                Assert.Equal(version - back, ring.Find(ids[version - 1 - back], version));
            if (version > 64)
                Assert.Equal(0, ring.Find(ids[version - 65], version));
        }
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1_000)]
    public void Set_RangeAsLongAsTheRing_ForgetsEverythingElse(int length)
    {
        var ring = new CommitRing(new byte[CommitRing.Size]);
        CommitId[] ids = [.. Enumerable.Range(0, 64).Select(_ => CommitId.New())];
        for (int version = 1; version <= 64; version++)
            ring.Set(ids[version - 1], version - 1, version);
        var last = CommitId.New();

        ring.Set(last, 64, 64 + length);

        Assert.Equal(64 + length, ring.Find(last, 64 + length));
        foreach (var id in ids)
            Assert.Equal(0, ring.Find(id, 64 + length));
        Assert.Equal([new CommitMark(last, 64 + length)], ring.List(64 + length));
    }

    [Fact]
    public void List_WithVersionsThatAreNobodys_GivesTheOthersInOrder()
    {
        var ring = new CommitRing(new byte[CommitRing.Size]);
        Assert.Empty(ring.List(0));
        CommitMark[] marks = [.. ((long[])[1, 2, 5, 60, 63, 64, 65, 100]).Select(v => new CommitMark(CommitId.New(), v))];
        long previous = 0;
        foreach (var mark in marks)
        {
            ring.Set(mark.Id, previous, mark.Version);
            previous = mark.Version;
            Assert.Equal(marks.Where(m => m.Version <= mark.Version && m.Version > mark.Version - 64), ring.List(mark.Version));
        }
    }
}
