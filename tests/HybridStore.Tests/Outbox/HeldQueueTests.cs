using HybridStore.Outbox;
using HybridStore.Tiers;

namespace HybridStore.Tests.Outbox;

public sealed class HeldQueueTests
{
    private readonly HeldQueue _queue = new(new LeaseRef(new AuthSessionId("t", "a"), 1), incarnation: 1, version: 1, [], [], TaskCreationOptions.None);

    [Fact]
    public void After_AVersion_GivesTheCommitsAboveItAsTheyWereQueued()
    {
        Add(first: 2, count: 3, changes: 1);
        Assert.Equal([3, 4], _queue.After(2).Select(static p => p.Version));
    }

    [Fact]
    public void After_ManyCommits_GivesAsManyAsHotTakesAtOnce()
    {
        Add(first: 2, count: 300, changes: 1);
        Assert.Equal(256, _queue.After(1).Count);
        Assert.Equal(300 - 256, _queue.After(257).Count);
    }

    [Fact]
    public void After_CommitsOfManyRecords_GivesNoMoreRecordsThanHotTakesAtOnce()
    {
        Add(first: 2, count: 3, changes: 15_000);
        Assert.Equal([2], _queue.After(1).Select(static p => p.Version));
    }

    [Fact]
    public void After_ACommitOfMoreRecordsThanThat_GivesItAlone()
    {
        Add(first: 2, count: 2, changes: 50_000);
        Assert.Equal([2], _queue.After(1).Select(static p => p.Version));
    }

    // Deletions, which have a size of nothing.
    private void Add(long first, int count, int changes)
    {
        for (var version = first; version < first + count; version++)
        {
            _queue.Add(
            [
                new SealedPatch
                {
                    CommitId = CommitId.New(),
                    Predecessor = version - 1,
                    Version = version,
                    Changes = [.. Enumerable.Range(0, changes).Select(static i => new SealedChange(new AuthKey("session", $"{i}"), null))],
                },
            ]);
        }
    }
}
