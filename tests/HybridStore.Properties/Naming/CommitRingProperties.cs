using FsCheck.Fluent;
using HybridStore.Properties.Support;
using HybridStore.Sqlite.Writing;

namespace HybridStore.Properties.Naming;

public class CommitRingProperties
{
    [Fact]
    public Task Find_AfterAnyCommits_KnowsThoseOfTheLastVersions() => Prove.ForAllAsync(
        Gen.Frequency((9, Gen.Constant(1)), (1, Gen.Choose(2, 150))).ListOf().ScaleSize(s => s * 3),
        jumps =>
        {
            var ring = new CommitRing(new byte[CommitRing.Size]);
            var made = new List<(CommitId Id, long Version)>();
            long version = 0;
            foreach (var jump in jumps)
            {
                var id = CommitId.New();
                ring.Set(id, version, version + jump);
                version += jump;
                made.Add((id, version));
            }

            foreach (var (id, at) in made)
                Assert.Equal(at > version - AuthLimits.RememberedCommits ? at : 0, ring.Find(id, version));
            Assert.Equal(0, ring.Find(CommitId.New(), version));
        },
        jumps => Smaller.List(jumps).Select(j => j.ToList()));

    [Fact]
    public Task ToString_OfACommitId_ReadsBack() => Prove.ForAllAsync(
        Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(CommitId.Size).Select(b => new CommitId(new Guid(b))),
        id =>
        {
            Assert.Equal(id, new CommitId(Guid.Parse(id.ToString())));
            Assert.Equal(id.Value == Guid.Empty, id.IsEmpty);
        });
}
