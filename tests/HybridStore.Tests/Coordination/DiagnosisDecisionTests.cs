using HybridStore.Coordination;
using HybridStore.Tiers;

namespace HybridStore.Tests.Coordination;

public sealed class DiagnosisDecisionTests
{
    private const string Run = "run";

    private static readonly SessionHead Head = new() { Incarnation = 1, Version = 10, Epoch = 3 };
    private static readonly HotOutboxState Drained = new() { Incarnation = 1, Epoch = 3, Version = 10, DrainedVersion = 10, RunId = Run };
    private static readonly SessionLook Sound = new(Head, IsHeld: false, HotAnswer.Answered, Meta: null, Drained, Run, EntriesLead: true, KeepsEverything: false);
    private static readonly SessionLook Left = Sound with { Head = Head with { AheadEpoch = 3 }, Outbox = Drained with { Version = 12 } };

    [Fact]
    public void Judge_DrainedAndGivenBack_FindsNothing() => Assert.Empty(DiagnosisDecision.Judge(Sound));

    [Fact]
    public void Judge_NoHotTier_FindsNothingWhereColdIsComplete() =>
        Assert.Empty(DiagnosisDecision.Judge(Sound with { Answer = HotAnswer.None, Outbox = null, RunId = "" }));

    [Fact]
    public void Judge_Held_FindsOnlyWhatTheHolderCanNotMend()
    {
        Assert.Empty(DiagnosisDecision.Judge(Left with { IsHeld = true }));
        Assert.Empty(DiagnosisDecision.Judge(Left with { IsHeld = true, Outbox = null }));
        Assert.Empty(DiagnosisDecision.Judge(Left with { IsHeld = true, Answer = HotAnswer.Silent, Outbox = null }));
        Assert.Equal([AuthFindingKind.Parked], DiagnosisDecision.Judge(Left with { IsHeld = true, Outbox = Left.Outbox! with { Parked = ParkedAt(11) } }));
    }

    [Fact]
    public void Judge_LeftBehind_SaysWhetherAllIsThere()
    {
        Assert.Equal([AuthFindingKind.HolderGone], DiagnosisDecision.Judge(Left));
        Assert.Equal([AuthFindingKind.HotLost], DiagnosisDecision.Judge(Left with { Outbox = null }));
        Assert.Equal([AuthFindingKind.HotLost], DiagnosisDecision.Judge(Left with { EntriesLead = false }));
        Assert.Equal([AuthFindingKind.HotLost], DiagnosisDecision.Judge(Left with { RunId = "another" }));
        Assert.Equal([AuthFindingKind.HolderGone], DiagnosisDecision.Judge(Left with { RunId = "another", KeepsEverything = true }));
        Assert.Equal([AuthFindingKind.HolderCutOff], DiagnosisDecision.Judge(Left with { Outbox = Left.Outbox! with { HolderLives = true } }));
    }

    [Theory]
    [InlineData(HotAnswer.None)]
    [InlineData(HotAnswer.Silent)]
    internal void Judge_LeftBehindAndHotCanNotBeAsked_IsUnreachable(HotAnswer answer) =>
        Assert.Equal([AuthFindingKind.HotUnreachable], DiagnosisDecision.Judge(Left with { Answer = answer, Outbox = null, RunId = "" }));

    [Fact]
    public void Judge_Parked_IsNotAHolderThatIsGone()
    {
        Assert.Equal([AuthFindingKind.Parked], DiagnosisDecision.Judge(Left with { Outbox = Left.Outbox! with { Parked = ParkedAt(11) } }));
        Assert.Equal([AuthFindingKind.HolderGone], DiagnosisDecision.Judge(Left with { Outbox = Left.Outbox! with { Parked = ParkedAt(10) } }));
    }

    [Fact]
    public void Judge_RolledBack_IsToldUntilItIsAcknowledged() =>
        Assert.Equal([AuthFindingKind.RolledBack], DiagnosisDecision.Judge(Sound with { Head = Head with { RolledBackAt = 4 } }));

    [Fact]
    public void Judge_HotKnowsMoreThanColdHas_ColdWentBack()
    {
        AuthFindingKind[] wentBack = [AuthFindingKind.ColdWentBack];
        Assert.Equal(wentBack, DiagnosisDecision.Judge(Sound with { Outbox = Drained with { Version = 12, DrainedVersion = 12 }, EntriesLead = false }));
        Assert.Equal(wentBack, DiagnosisDecision.Judge(Sound with { Outbox = Drained with { Version = 12 }, EntriesLead = false }));
        Assert.Equal(wentBack, DiagnosisDecision.Judge(Sound with { Outbox = Drained with { Epoch = 4 } }));
        Assert.Equal(wentBack, DiagnosisDecision.Judge(Sound with { Outbox = null, Meta = MetaAt(11) }));
        Assert.Equal(wentBack, DiagnosisDecision.Judge(Left with { Outbox = Drained with { Version = 12, DrainedVersion = 11 }, IsHeld = true }));
    }

    [Fact]
    public void Judge_HotKnowsALaterLife_ColdWentBack()
    {
        AuthFindingKind[] wentBack = [AuthFindingKind.ColdWentBack];
        Assert.Equal(wentBack, DiagnosisDecision.Judge(Sound with { Outbox = Drained with { Incarnation = 2, Version = 1, DrainedVersion = 1 } }));
        Assert.Equal(wentBack, DiagnosisDecision.Judge(Sound with { Outbox = null, Meta = MetaAt(1) with { Incarnation = 2 } }));
        Assert.Empty(DiagnosisDecision.Judge(Sound with { Outbox = Drained with { Incarnation = 2, Version = 0, DrainedVersion = 0 } }));
    }

    [Fact]
    public void LostVersion_OfALifeThatColdNeverEnded_IsTheHighestThatHotKnows()
    {
        Assert.Equal(10, DiagnosisDecision.LostVersion(0, meta: null, Drained));
        Assert.Equal(12, DiagnosisDecision.LostVersion(0, meta: null, Drained with { Version = 12 }));
        Assert.Equal(11, DiagnosisDecision.LostVersion(0, MetaAt(11), outbox: null));
        Assert.Equal(11, DiagnosisDecision.LostVersion(0, MetaAt(11), Drained));
        Assert.Equal(10, DiagnosisDecision.LostVersion(2, meta: null, Drained with { Incarnation = 3 }));
    }

    [Fact]
    public void LostVersion_DeletedOrNeverBegun_IsNone()
    {
        Assert.Null(DiagnosisDecision.LostVersion(1, MetaAt(11), Drained));
        Assert.Null(DiagnosisDecision.LostVersion(0, meta: null, outbox: null));
        Assert.Null(DiagnosisDecision.LostVersion(0, meta: null, Drained with { Version = 0, DrainedVersion = 0 }));
    }

    [Fact]
    public void Judge_ColdWentBack_NothingElseIsSaidOfWhatWaits() =>
        Assert.Equal([AuthFindingKind.ColdWentBack], DiagnosisDecision.Judge(Left with { Outbox = Drained with { Version = 12, DrainedVersion = 11 } }));

    [Fact]
    public void Judge_HotIsOfAFormerLifeOrBehind_IsNoReason()
    {
        Assert.Empty(DiagnosisDecision.Judge(Sound with { Outbox = null, Meta = MetaAt(10) }));
        Assert.Empty(DiagnosisDecision.Judge(Sound with { Head = Head with { Incarnation = 2, Version = 3 } }));
        Assert.Empty(DiagnosisDecision.Judge(Sound with { Outbox = Drained with { Version = 12 } }));
        Assert.Empty(DiagnosisDecision.Judge(Sound with { EntriesLead = false }));
        Assert.Empty(DiagnosisDecision.Judge(Sound with { Meta = MetaAt(11) }));
        Assert.Equal([AuthFindingKind.HotLost], DiagnosisDecision.Judge(Left with { Outbox = null, Meta = MetaAt(11) }));
    }

    [Fact]
    public void WaitingIn_CountsWhatColdHasNot()
    {
        Assert.Equal(2, DiagnosisDecision.WaitingIn(Left));
        Assert.Equal(0, DiagnosisDecision.WaitingIn(Left with { Head = Left.Head with { Version = 12 } }));
        Assert.Equal(0, DiagnosisDecision.WaitingIn(Left with { Head = Left.Head with { Version = 13 } }));
        Assert.Equal(1, DiagnosisDecision.WaitingIn(Left with { Outbox = Left.Outbox! with { DrainedVersion = 11 } }));
        Assert.Equal(1, DiagnosisDecision.WaitingIn(Left with { Head = Left.Head with { Version = 11 } }));
        Assert.Null(DiagnosisDecision.WaitingIn(Left with { Outbox = null }));
        Assert.Null(DiagnosisDecision.WaitingIn(Left with { Outbox = Left.Outbox! with { Incarnation = 2 } }));
    }

    [Fact]
    public void KnownToHot_IsTheHighestOfThisLifeOrALaterOne()
    {
        Assert.Equal(12, DiagnosisDecision.KnownToHot(Left));
        Assert.Equal(12, DiagnosisDecision.KnownToHot(Left with { Meta = MetaAt(11) }));
        Assert.Equal(13, DiagnosisDecision.KnownToHot(Left with { Meta = MetaAt(13) }));
        Assert.Equal(11, DiagnosisDecision.KnownToHot(Left with { Outbox = null, Meta = MetaAt(11) }));
        Assert.Equal(4, DiagnosisDecision.KnownToHot(Left with { Outbox = null, Meta = MetaAt(4) with { Incarnation = 2 } }));
        Assert.Equal(4, DiagnosisDecision.KnownToHot(Left with { Outbox = Left.Outbox! with { Incarnation = 2, Version = 4 } }));
        Assert.Null(DiagnosisDecision.KnownToHot(Left with { Outbox = null }));
        Assert.Null(DiagnosisDecision.KnownToHot(Left with { Head = Left.Head with { Incarnation = 3 }, Meta = MetaAt(11) }));
    }

    private static ParkedEntry ParkedAt(long version) => new(version, "StoreUnusableException", 8, DateTimeOffset.UnixEpoch);

    private static HotMeta MetaAt(long version) => new() { Incarnation = 1, Version = version, RunId = Run, GoodUntil = DateTimeOffset.UnixEpoch };
}
