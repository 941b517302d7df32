using HybridStore.Coordination;

namespace HybridStore.Tests.Coordination;

public class CommitDecisionTests
{
    // The whole table of the protocol: durability × cold × hot × (lease and outbox).
    public static TheoryData<Durability, bool, bool, bool, string> Table()
    {
        var table = new TheoryData<Durability, bool, bool, bool, string>();
        foreach (var durability in Enum.GetValues<Durability>())
        {
            foreach (var cold in new[] { true, false })
            {
                foreach (var hot in new[] { true, false })
                {
                    foreach (var mayQueue in new[] { true, false })
                    {
                        var expected = (durability, cold, hot && mayQueue) switch
                        {
                            (Durability.Queued, true, true) => CommitRoute.Queue,
                            (_, true, _) => CommitRoute.Persist,
                            (Durability.Persisted, false, _) => CommitRoute.Refuse,
                            (_, false, true) => CommitRoute.Queue,
                            _ => CommitRoute.Refuse,
                        };
                        table.Add(durability, cold, hot, mayQueue, expected.ToString());
                    }
                }
            }
        }

        return table;
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void Decide_FollowsTheTable(Durability durability, bool cold, bool hot, bool mayQueue, string expected) =>
        Assert.Equal(expected, CommitDecision.Decide(durability, cold, hot, mayQueue).ToString());
}
