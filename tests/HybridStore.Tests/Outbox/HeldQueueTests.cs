using HybridStore.Outbox;
using HybridStore.Tiers;

namespace HybridStore.Tests.Outbox;

public sealed class HeldQueueTests
{
    private static readonly AuthKey A = new("session", "a");
    private static readonly AuthKey B = new("session", "b");
    private static readonly AuthKey C = new("session", "c");
    private static readonly AuthKey D = new("session", "d");
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

    [Fact]
    public void Add_CountsCommitsAndTheirBytes_AndAcknowledgeTakesThemOff()
    {
        _queue.Add([Patch(2, Set(A, 10), Set(B, 5)), Patch(3, Set(A, 7)), Patch(4, Delete(B))]);
        Assert.Equal((3, 22L), _queue.Backlog);

        _queue.Acknowledge(2);
        Assert.Equal((2, 7L), _queue.Backlog);
        _queue.Acknowledge(4);
        Assert.Equal((0, 0L), _queue.Backlog);
        Assert.True(_queue.IsEmpty);
        Assert.Equal((4, 4), (_queue.Base, _queue.End));
    }

    [Fact]
    public void Add_WhatColdIsKnownToHave_IsRememberedAndNotQueued()
    {
        _queue.Acknowledge(3);
        var old = Patch(3, Set(A, 1));
        var next = Patch(4, Set(B, 2));
        _queue.Add([old, next]);

        Assert.Equal((1, 2L), _queue.Backlog);
        Assert.Equal((3, 4), (_queue.Find(old.CommitId), _queue.Find(next.CommitId)));
        Assert.Null(_queue.Look([A]).Changes[0]);
    }

    [Fact]
    public void AddPersisted_IsRemembered_AndAcknowledgesAllBeforeIt()
    {
        var queued = Patch(2, Set(A, 3));
        _queue.Add([queued]);
        SealedPatch[] persisted = [Patch(3), Patch(4)];
        _queue.AddPersisted(incarnation: 5, persisted);

        Assert.Equal((5, 4, 4), (_queue.Incarnation, _queue.Base, _queue.End));
        Assert.True(_queue.IsEmpty);
        Assert.Equal((3, 4), (_queue.Find(persisted[0].CommitId), _queue.Find(persisted[1].CommitId)));
        Assert.Equal([queued.CommitId, persisted[0].CommitId, persisted[1].CommitId], _queue.Remembered.Select(static m => m.Id));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void Acknowledge_LessThanIsKnown_ChangesNothing(long version)
    {
        _queue.Add([Patch(2, Set(A, 1)), Patch(3, Set(A, 1))]);
        _queue.Acknowledge(2);
        _queue.Acknowledge(version);

        Assert.Equal((2, 3), (_queue.Base, _queue.End));
        Assert.Equal((1, 1L), _queue.Backlog);
    }

    [Fact]
    public void Look_GivesTheNewestQueuedChange_AsLongAsColdIsNotKnownToHaveIt()
    {
        _queue.Add([Patch(2, Set(A, 2), Set(B, 3)), Patch(3, Set(A, 4)), Patch(4, Delete(C))]);

        var (incarnation, version, all) = _queue.Look([A, B, C, D]);
        Assert.Equal((1, 4), (incarnation, version));
        Assert.Equal([(3, 4), (2, 3), (4, null), null], all.Select(Seen));

        // A's newest change is still queued, B's is not.
        _queue.Acknowledge(2);
        Assert.Equal([(3, 4), null, (4, null), null], _queue.Look([A, B, C, D]).Changes.Select(Seen));

        // The one that was acknowledged just now goes, too.
        _queue.Acknowledge(3);
        Assert.Equal([null, null, (4, null), null], _queue.Look([A, B, C, D]).Changes.Select(Seen));
        _queue.Acknowledge(4);
        Assert.Equal([null, null, null, null], _queue.Look([A, B, C, D]).Changes.Select(Seen));
    }

    [Fact]
    public void IsBoundary_TheBaseAndTheEndOfEachQueuedCommit_AndNothingBetween()
    {
        _queue.Add([Patch(4, Set(A, 1)), Patch(6, Set(A, 1))]);
        Assert.Equal([false, true, false, false, true, false, true, false], Enumerable.Range(0, 8).Select(v => _queue.IsBoundary(v)));
    }

    [Fact]
    public void HasMadeAny_OnlyWhatWasMadeHere_AtTheVersionAtWhichItIsThere()
    {
        var before = new CommitMark(CommitId.New(), 1);
        var queue = new HeldQueue(_queue.Lease, incarnation: 1, version: 1, [before], [], TaskCreationOptions.None);
        var within = new CommitMark(CommitId.New(), 2);
        var joined = new SealedPatch { CommitId = CommitId.New(), Predecessor = 1, Version = 3, Absorbed = [within], Changes = [] };
        queue.Add([joined]);

        // More than are remembered by their names alone.
        var later = Enumerable.Range(4, 100).Select(static v => Patch(v)).ToList();
        queue.Add(later);
        Assert.Equal(0, queue.Find(joined.CommitId));

        var own = new CommitMark(joined.CommitId, 3);
        var last = new CommitMark(later[^1].CommitId, 103);
        var others = new CommitMark(CommitId.New(), 3);
        foreach (var mark in (CommitMark[])[within, own, last])
        {
            Assert.True(queue.HasMadeAny([others, mark]));
            Assert.False(queue.HasMadeAny([others, mark with { Version = mark.Version + 1 }]));
        }

        Assert.False(queue.HasMadeAny([others]));
        Assert.False(queue.HasMadeAny([]));
        queue.Acknowledge(103);
        Assert.True(queue.HasMadeAny([last]));
    }

    [Fact]
    public void Next_GivesAllThatFits_AsOnePatch()
    {
        Add(first: 2, count: 3, changes: 1);
        var all = _queue.Next(1)!;
        Assert.Equal((1, 4, 2), (all.Predecessor!.Value, all.Version, all.Absorbed.Count));
        var above = _queue.Next(3)!;
        Assert.Equal((3, 4, 0), (above.Predecessor!.Value, above.Version, above.Absorbed.Count));
        Assert.Null(_queue.Next(4));
    }

    [Fact]
    public void Next_OneOnly_GivesTheOldest()
    {
        Add(first: 2, count: 3, changes: 1);
        Assert.Equal((2, 0), (_queue.Next(1, oneOnly: true)!.Version, _queue.Next(1, oneOnly: true)!.Absorbed.Count));
        Assert.Equal(3, _queue.Next(2, oneOnly: true)!.Version);
    }

    [Theory]
    [InlineData((2 * 1024 * 1024) - 1, 4)] // Two are just less than is sent at once: a third goes along.
    [InlineData(2 * 1024 * 1024, 3)]
    [InlineData(5 * 1024 * 1024, 2)]
    public void Next_LargeCommits_EndsWithTheOneThatFillsIt(int bytes, long lastSent)
    {
        _queue.Add([Patch(2, Set(A, bytes)), Patch(3, Set(A, bytes)), Patch(4, Set(A, bytes)), Patch(5, Set(A, bytes))]);
        Assert.Equal(lastSent, _queue.Next(1)!.Version);
        Assert.Equal(lastSent, _queue.After(1)[^1].Version);
    }

    [Fact]
    public void HotKnowsBase_UntilColdGetsFurther_AndIsNeverToldLess()
    {
        _queue.Tell(1);
        Assert.True(_queue.HotKnowsBase);
        _queue.Acknowledge(2);
        Assert.False(_queue.HotKnowsBase);
        _queue.Tell(2);
        _queue.Tell(1);
        Assert.True(_queue.HotKnowsBase);
    }

    [Fact]
    public void TryBeginDraining_IsForOneAtATime()
    {
        Assert.True(_queue.TryBeginDraining());
        Assert.False(_queue.TryBeginDraining());
        _queue.EndDraining();
        Assert.True(_queue.TryBeginDraining());
    }

    [Fact]
    public void New_RemembersTheCommitsThatColdRemembered()
    {
        var mark = new CommitMark(CommitId.New(), 9);
        var queue = new HeldQueue(_queue.Lease, incarnation: 1, version: 9, [mark], [], TaskCreationOptions.None);
        Assert.Equal(9, queue.Find(mark.Id));
        Assert.Equal([mark], queue.Remembered);
        Assert.Equal((9, 9), (queue.Base, queue.End));
    }

    private static (long Version, int? Bytes)? Seen(QueuedChange? change) => change is { } c ? (c.Version, c.Envelope?.Length) : null;

    private static SealedChange Set(AuthKey key, int bytes) => new(key, new byte[bytes]);

    private static SealedChange Delete(AuthKey key) => new(key, null);

    private static SealedPatch Patch(long version, params SealedChange[] changes) =>
        new() { CommitId = CommitId.New(), Predecessor = version - 1, Version = version, Changes = changes };

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
