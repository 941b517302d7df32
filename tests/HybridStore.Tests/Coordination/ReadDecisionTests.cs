using HybridStore.Coordination;
using HybridStore.Tiers;

namespace HybridStore.Tests.Coordination;

public class ReadDecisionTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly AuthKey Key = new("session", "a");

    [Fact]
    public void JudgeHot_AllThereAndFresh_Believed() => Assert.Equal(HotTrust.Believed, Judge(Meta()));

    [Fact]
    public void JudgeHot_KnownAbsent_Believed() =>
        Assert.Equal(HotTrust.Believed, Judge(Meta(), records: [SealedRecord.Absent(Key)]));

    [Fact]
    public void JudgeHot_NoMeta_NotBelieved() => Assert.Equal(HotTrust.NoMeta, Judge(meta: null));

    [Fact]
    public void JudgeHot_OtherRun_NotBelieved() => Assert.Equal(HotTrust.OtherRun, Judge(Meta() with { RunId = "earlier" }));

    [Fact]
    public void JudgeHot_GoodUntilReached_NotBelieved() => Assert.Equal(HotTrust.Expired, Judge(Meta() with { GoodUntil = Now }));

    [Theory]
    [InlineData(6, HotTrust.Ahead)]
    [InlineData(7, HotTrust.Believed)]
    [InlineData(8, HotTrust.Behind)]
    internal void JudgeHot_ByTheHolder_OnlyExactlyWhereItIs(long seen, HotTrust expected) =>
        Assert.Equal(expected, Judge(Meta() with { GoodUntil = Now }, seen: new SeenMark(1, seen), holds: true));

    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 1)]
    [InlineData(1, SeenMark.Ended)]
    public void JudgeHot_OlderThanSeen_NotBelieved(long incarnation, long version) =>
        Assert.Equal(HotTrust.Behind, Judge(Meta(), seen: new SeenMark(incarnation, version)));

    [Fact]
    public void JudgeHot_AMissAmongHits_NotBelieved() =>
        Assert.Equal(HotTrust.Incomplete, Judge(Meta(), records: [new SealedRecord(Key, 3, new byte[1]), null]));

    [Theory]
    [InlineData(0, false)]
    [InlineData(7, true)]
    public void MayBeBehind_WhereAnAheadMarkSaysSo(long aheadEpoch, bool expected) =>
        Assert.Equal(expected, ReadDecision.MayBeBehind(new SessionHead { Incarnation = 1, Version = 1, AheadEpoch = aheadEpoch }));

    [Theory]
    [InlineData(9, 9, (int)ColdCompleteness.Complete)]
    [InlineData(8, 8, (int)ColdCompleteness.Complete)]
    [InlineData(9, 10, (int)ColdCompleteness.HotIsAhead)]
    [InlineData(10, 10, (int)ColdCompleteness.HotIsAhead)]
    [InlineData(7, 8, (int)ColdCompleteness.Complete)]
    [InlineData(8, 9, (int)ColdCompleteness.Complete)]
    public void JudgeCold_HotVouches_ByWhoIsWhere(long drained, long version, int expected) =>
        Assert.Equal((ColdCompleteness)expected, ReadDecision.JudgeCold(Hot(Outbox(drained, version)), Head()));

    [Fact]
    public void JudgeCold_NobodyVouches_Unknown()
    {
        Assert.Equal(ColdCompleteness.Unknown, ReadDecision.JudgeCold(null, Head()));
        Assert.Equal(ColdCompleteness.Unknown, ReadDecision.JudgeCold(Hot(null), Head()));
        Assert.Equal(ColdCompleteness.Unknown, ReadDecision.JudgeCold(Hot(Outbox(9, 9) with { Epoch = 6 }), Head()));
        Assert.Equal(ColdCompleteness.Unknown, ReadDecision.JudgeCold(Hot(Outbox(9, 9) with { RunId = "before" }), Head()));
        Assert.Equal(ColdCompleteness.Unknown, ReadDecision.JudgeCold(Hot(Outbox(9, 9) with { Incarnation = 2 }), Head()));
    }

    [Fact]
    public void JudgeCold_HotIsAheadButItsRecordsAreNot_Unknown()
    {
        var hot = Hot(Outbox(9, 10));
        Assert.Equal(ColdCompleteness.Unknown, ReadDecision.JudgeCold(new HotRead { RunId = "now", Generation = 0, Records = [], Outbox = hot.Outbox }, Head()));
        Assert.Equal(
            ColdCompleteness.Unknown,
            ReadDecision.JudgeCold(new HotRead { RunId = "now", Generation = 0, Records = [], Outbox = hot.Outbox, Meta = Meta() with { Version = 9 } }, Head()));
    }

    [Theory]
    [InlineData("now", 1, 10, true)]
    [InlineData("before", 1, 10, false)]
    [InlineData("now", 2, 10, false)]
    [InlineData("now", 1, 11, false)]
    public void JudgeCold_HotIsAhead_OnlyWhereItsRecordsAreOfThatVeryPoint(string run, long incarnation, long version, bool isAhead)
    {
        var meta = Meta() with { RunId = run, Incarnation = incarnation, Version = version };
        var hot = new HotRead { RunId = "now", Generation = 0, Records = [], Outbox = Outbox(9, 10), Meta = meta };

        Assert.Equal(isAhead ? ColdCompleteness.HotIsAhead : ColdCompleteness.Unknown, ReadDecision.JudgeCold(hot, Head()));
    }

    [Theory]
    [InlineData(8, 10, 1, true)]
    [InlineData(8, 9, 1, false)]
    [InlineData(7, 10, 1, false)]
    [InlineData(8, 10, 2, false)]
    public void MayBeBehind_WhereHotHasWhatWasQueuedUnderALeaseThatColdHasForgotten(long epoch, long version, long incarnation, bool expected)
    {
        var head = Head() with { AheadEpoch = 0 };
        var outbox = Outbox(9, version) with { Epoch = epoch, Incarnation = incarnation };

        Assert.Equal(expected, ReadDecision.MayBeBehind(Hot(outbox), head));
        Assert.Equal(ColdCompleteness.Unknown, ReadDecision.JudgeCold(Hot(outbox), head));
        Assert.False(ReadDecision.MayBeBehind(null, head));
        Assert.True(ReadDecision.MayBeBehind(null, Head()));
    }

    [Fact]
    public void MayBeBehind_NoSession_IsNot() => Assert.False(ReadDecision.MayBeBehind(null));

    private static SessionHead Head() => new() { Incarnation = 1, Version = 9, Epoch = 7, AheadEpoch = 7 };

    private static HotOutboxState Outbox(long drained, long version) => new() { Incarnation = 1, Epoch = 7, Version = version, DrainedVersion = drained, RunId = "now" };

    private static HotRead Hot(HotOutboxState? outbox) => new()
    {
        RunId = "now", Generation = 0, Records = [], Outbox = outbox, Meta = outbox is null ? null : Meta() with { Version = outbox.Version },
    };

    [Fact]
    public void PositionOf_OrdersLivesAndTheirEnds()
    {
        SeenMark[] inOrder =
        [
            ReadDecision.PositionOf(null, 0),
            ReadDecision.PositionOf(new SessionHead { Incarnation = 1, Version = 1 }, 0),
            ReadDecision.PositionOf(new SessionHead { Incarnation = 1, Version = 2 }, 0),
            ReadDecision.PositionOf(null, 1),
            ReadDecision.PositionOf(new SessionHead { Incarnation = 2, Version = 1 }, 1),
            ReadDecision.PositionOf(null, 2),
        ];

        for (var i = 1; i < inOrder.Length; i++)
            Assert.True(inOrder[i - 1] < inOrder[i], $"{inOrder[i - 1]} < {inOrder[i]}");
    }

    private static HotMeta Meta() => new() { Incarnation = 1, Version = 7, RunId = "now", GoodUntil = Now.AddSeconds(1) };

    private static HotTrust Judge(HotMeta? meta, SeenMark seen = default, SealedRecord?[]? records = null, bool holds = false) =>
        ReadDecision.JudgeHot(
            new HotRead { Meta = meta, RunId = "now", Generation = 1, Records = records ?? [new SealedRecord(Key, 3, new byte[1])] }, seen, Now, holds);
}
