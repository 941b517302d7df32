using HybridStore.FaultLab.Checker;

namespace HybridStore.FaultLab.Tests.Checker;

public sealed class HistoryCheckerTests
{
    private const long Jump = 1L << 32;

    [Fact]
    public void SoundHistory_WithFailuresAndARollback_IsNotConvicted()
    {
        var story = new Story().Open(1)
            .Commit(1, 1, 1, "0 6")
            .Read(1, 'H', 1, "0:1:1:1 6:1:1:1 4:-")
            .Commit(1, 2, 2, "0 4 6", outcome: 'Q')
            .Read(2, 'O', 1, "0:1:1:1 6:1:1:1")

            // It died before it was answered: the commit may be there.
            .Ask(1, 3, "1 6")
            .Read(2, 'O', 3, "1:3:1:3 6:3:1:3 0:2:1:2")
            .Commit(2, 1, 4, "1 6", epoch: 2, outcome: 'Q')
            .Ask(2, 2, "1 6", epoch: 2).Fail(2, 2, 'N')
            .Line(0, "H x hot")
            .Open(3, isRolledBack: true, epoch: 3)

            // Up to version 2 was kept, which is more than had to be.
            .Read(3, 'H', 2 + Jump, "0:2:1:2 1:- 6:2:1:2")
            .Commit(3, 1, 3 + Jump, "1 6", epoch: 3)
            .Read(3, 'F', 3 + Jump, $"0:2:1:2 1:{3 + Jump}:3:1 4:2:1:2 6:{3 + Jump}:3:1");
        Assert.Empty(story.Violations);
        Assert.Equal(4, story.Acknowledged);
    }

    [Fact]
    public void AcknowledgedCommit_IsNotInALaterRead_IsLost() => Convicts(
        Violation.LostCommit,
        new Story().Commit(1, 1, 1, "0 6").Commit(1, 2, 2, "0 6").Read(1, 'H', 2, "0:1:1:1"));

    [Fact]
    public void AcknowledgedCommit_AtAVersionThatARereadShowedOtherwise_IsLost() => Convicts(
        Violation.LostCommit,
        new Story().Commit(1, 1, 1, "0 6").Ask(1, 2, "0 6").Read(2, 'O', 5, "0:1:1:1").Receipt(1, 2, 2));

    [Fact]
    public void PersistedCommit_ThatARollbackTook_IsConvicted() => Convicts(
        Violation.LostQueuedUnreported,
        new Story().Open(1).Commit(1, 1, 1, "0 6").Commit(1, 2, 2, "0 6").Line(0, "H x hot").Open(2, isRolledBack: true).Read(2, 'H', 2 + Jump, "0:1:1:1"));

    [Fact]
    public void QueuedCommit_LostWithoutAWord_IsConvicted() => Convicts(
        Violation.LostQueuedUnreported,
        new Story().Open(1).Commit(1, 1, 1, "0 6").Commit(1, 2, 2, "0 6", outcome: 'Q').Open(2).Read(2, 'H', 1 + Jump, "0:1:1:1"));

    [Fact]
    public void Rollback_ThoughNothingWasLost_IsConvicted() => Convicts(
        Violation.RollbackWithoutCause,
        new Story().Open(1).Commit(1, 1, 1, "0 6", outcome: 'Q').Later().Open(2, isRolledBack: true, epoch: 2));

    [Fact]
    public void Rollback_AfterAHolderThatNeverQueued_AndARestart_MayBe() =>
        Assert.Empty(new Story().Open(1).Commit(1, 1, 1, "0 6", outcome: 'Q').Later().Line(0, "T x hot").Open(2, isRolledBack: true, epoch: 3).Violations);

    [Fact]
    public void Rollback_AfterAHolderThatNeverQueued_WithoutARestart_IsConvicted() => Convicts(
        Violation.RollbackWithoutCause,
        new Story().Open(1).Line(0, "T x hot").Later().Commit(1, 1, 1, "0 6", outcome: 'Q').Later().Open(2, isRolledBack: true, epoch: 3));

    [Fact]
    public void Rollback_RightAfterAHolderThatQueued_ThoughHotOnlyRestarted_IsConvicted() => Convicts(
        Violation.RollbackWithoutCause,
        new Story().Open(1).Commit(1, 1, 1, "0 6", outcome: 'Q').Later().Line(0, "T x hot").Open(2, isRolledBack: true, epoch: 2));

    [Fact]
    public void Holder_ReadsLessThanWasAcknowledged_IsStale() => Convicts(
        Violation.StaleRead,
        new Story().Commit(1, 1, 1, "0 6").Commit(1, 2, 2, "1 6").Read(2, 'H', 1, "0:1:1:1"));

    [Fact]
    public void ReaderAtTheEnd_ReadsLessThanWasAcknowledged_IsStale() => Convicts(
        Violation.StaleRead,
        new Story().Commit(1, 1, 1, "0 6").Commit(1, 2, 2, "1 6").Read(9, 'F', 1, "0:1:1:1"));

    [Fact]
    public void OtherReader_ReadsLessThanBefore_WentBack() => Convicts(
        Violation.ReaderWentBack,
        new Story().Commit(1, 1, 1, "0 6").Commit(1, 2, 2, "1 6").Read(2, 'O', 2, "1:2:1:2").Read(2, 'O', 1, "0:1:1:1"));

    [Fact]
    public void OtherReader_ReadsLessThanItCommitted_WentBack() => Convicts(
        Violation.ReaderWentBack,
        new Story().Commit(1, 1, 1, "0 6", epoch: 0).Commit(1, 2, 2, "1 6", epoch: 0).Read(1, 'O', 1, "0:1:1:1"));

    [Fact]
    public void OtherReader_ThatCommitsWhileItWaitsForAnAnswer_MayReadLess() =>
        Assert.Empty(new Story().Commit(1, 1, 1, "0 6").Commit(1, 2, 2, "1 6").Line(1, $"R 0 {3 * Story.Second} O 1 1 0:1:1:1").Violations);

    [Fact]
    public void Patch_OfWhichOneRegisterIsSeen_IsTorn() => Convicts(
        Violation.TornPatch,
        new Story().Commit(1, 1, 1, "0 1 6").Commit(1, 2, 2, "0 1 6").Read(1, 'H', 2, "0:2:1:2 1:1:1:1"));

    [Fact]
    public void Patch_OfUnknownOutcomeOfWhichOneRegisterIsSeen_IsTorn() => Convicts(
        Violation.TornPatch,
        new Story().Commit(1, 1, 1, "0 1 6").Ask(1, 2, "0 1 6").Read(2, 'O', 2, "0:2:1:2 1:1:1:1"));

    [Fact]
    public void Records_OfOneRegisterThatNameTwoCommits_AreTorn() => Convicts(
        Violation.TornPatch, new Story().Commit(1, 1, 1, "0 6").Read(1, 'H', 1, "0:torn:1:1:1"));

    [Fact]
    public void Groups_OfWhichAPartIsSeen_AreBroken() => Convicts(
        Violation.GroupBroken, new Story().Commit(1, 1, 1, "3 6").Read(1, 'H', 1, "3:torn:1:1:1"));

    [Fact]
    public void PreKey_ThatComesBackAfterItsSession_IsResurrected() => Convicts(
        Violation.Resurrected,
        new Story().Commit(1, 1, 1, "2 6").Commit(1, 2, 2, "2 6").Read(1, 'H', 2, "2:1:1:1"));

    [Fact]
    public void Receipt_BelowWhatWasAcknowledgedBefore_WentBack() => Convicts(
        Violation.VersionWentBack, new Story().Commit(1, 1, 5, "0 6").Commit(1, 2, 4, "1 6"));

    [Fact]
    public void Version_ForTwoCommits_IsConvicted() => Convicts(
        Violation.VersionTwice, new Story().Ask(1, 1, "0 6").Ask(2, 1, "0 6").Receipt(1, 1, 1).Receipt(2, 1, 1));

    [Fact]
    public void Value_AtTheVersionOfAnotherCommit_IsConvicted() => Convicts(
        Violation.VersionTwice, new Story().Commit(1, 1, 1, "0 6").Ask(2, 1, "0 6").Read(2, 'O', 1, "0:1:2:1"));

    [Fact]
    public void FormerEpoch_AcknowledgedAfterTheNext_IsTwoWriters() => Convicts(
        Violation.TwoWriters, new Story().Ask(1, 2, "1 6", epoch: 1).Commit(2, 1, 3, "0 6", epoch: 2).Receipt(1, 2, 4));

    [Fact]
    public void Session_SaidNotToExist_IsConvicted() => Convicts(
        Violation.AbsentAnswered, new Story().Commit(1, 1, 1, "0 6").Read(2, 'O', 0, "0:- 6:-"));

    [Fact]
    public void Record_SaidNotToExist_IsConvicted() => Convicts(
        Violation.AbsentAnswered, new Story().Commit(1, 1, 1, "0 6").Read(2, 'O', 1, "0:-"));

    [Fact]
    public void Refused_CommitThatIsThere_IsAGhost() => Convicts(
        Violation.GhostCommit, new Story().Commit(1, 1, 1, "0 6").Ask(1, 2, "0 6").Fail(1, 2, 'N').Read(2, 'O', 2, "0:2:1:2"));

    [Fact]
    public void Unknown_CommitSeenAbsentAtALaterVersion_MustNotAppear() => Convicts(
        Violation.GhostCommit,
        new Story().Commit(1, 1, 1, "0 6").Ask(1, 2, "0 6").Commit(2, 1, 3, "1 6").Read(3, 'O', 3, "0:1:1:1").Read(2, 'O', 3, "0:2:1:2"));

    [Fact]
    public void Value_ThatNobodyWrote_IsForeign() => Convicts(
        Violation.ForeignValue, new Story().Commit(1, 1, 1, "0 6").Read(1, 'H', 1, "0:foreign:1:7:7"));

    [Fact]
    public void ColdSaidToHaveGoneBack_ThoughItDidNot_IsConvicted() => Convicts(
        Violation.WentBackWithoutCause, new Story().Commit(1, 1, 1, "0 6").Line(1, "W 0"));

    [Fact]
    public void ColdSetBack_MayLoseWhatCameAfterTheCopy()
    {
        var story = new Story().Open(1).Commit(1, 1, 1, "0 6").Line(0, "S x cold").Commit(1, 2, 2, "0 6").Line(0, "B x cold").Line(1, "W 0")
            .Open(2, isRolledBack: true).Read(2, 'H', 1 + Jump, "0:1:1:1");
        Assert.Empty(story.Violations);
    }

    [Fact]
    public void ColdSetBack_LosesWhatWasInTheCopy_IsConvicted() => Convicts(
        Violation.LostQueuedUnreported,
        new Story().Open(1).Commit(1, 1, 1, "0 6").Commit(1, 2, 2, "0 6").Line(0, "S x cold").Commit(1, 3, 3, "0 6").Line(0, "B x cold")
            .Open(2, isRolledBack: true).Read(2, 'H', 1 + Jump, "0:1:1:1"));

    [Fact]
    public void ColdAccepted_MayLoseWhatMustNotBeUsedTwice()
    {
        var story = new Story().Open(1).Commit(1, 1, 1, "0 2 3 5 6").Commit(1, 2, 2, "2 6").Line(0, "S x cold").Commit(1, 3, 3, "0 6").Line(0, "B x cold").Line(7, "G 0")
            .Open(2, isRolledBack: true).Read(2, 'H', 2 + Jump, "0:- 2:- 3:- 5:1:1:1 6:2:1:2");
        Assert.Empty(story.Violations);
    }

    [Fact]
    public void ColdAccepted_LosesWhatMayBeUsedTwice_IsConvicted() => Convicts(
        Violation.AbsentAnswered,
        new Story().Open(1).Commit(1, 1, 1, "0 5 6").Line(0, "S x cold").Commit(1, 2, 2, "0 6").Line(0, "B x cold").Line(7, "G 0")
            .Open(2, isRolledBack: true).Read(2, 'H', 2 + Jump, "0:- 5:-"));

    [Fact]
    public void ColdAccepted_WithThePreKeyThatWasThere_KeepsIt() => Convicts(
        Violation.AbsentAnswered,
        new Story().Open(1).Commit(1, 1, 1, "2 6").Line(0, "S x cold").Commit(1, 3, 3, "0 6").Line(0, "B x cold").Line(7, "G 0")
            .Open(2, isRolledBack: true).Read(2, 'H', 2 + Jump, "2:-"));

    [Theory]
    [InlineData("0:1:1:1 6:2:1:2")]
    [InlineData("2:2:1:2 6:2:1:2")]
    public void ColdAccepted_WithASignalSessionOfBefore_IsResurrected(string read) => Convicts(
        Violation.Resurrected,
        new Story().Open(1).Commit(1, 1, 1, "0 6").Commit(1, 2, 2, "2 6").Line(0, "S x cold").Commit(1, 3, 3, "1 6").Line(0, "B x cold").Line(7, "G 0")
            .Open(2, isRolledBack: true).Read(2, 'H', 2 + Jump, read));

    [Fact]
    public void Rollback_OfWhichRegistersDisagree_IsTorn() => Convicts(
        Violation.TornPatch,
        new Story().Open(1).Commit(1, 1, 1, "0 1 6").Commit(1, 2, 2, "0 6", outcome: 'Q').Commit(1, 3, 3, "1 6", outcome: 'Q').Line(0, "H x hot")
            .Open(2, isRolledBack: true).Read(2, 'H', 3 + Jump, "0:1:1:1 1:3:1:3"));

    [Theory]
    [InlineData("NotNormalAtTheEnd")]
    [InlineData("NoWayOut")]
    public void WhatTheLaboratoryFinds_IsConvicted(string kind) => Convicts(Enum.Parse<Violation>(kind), new Story().Line(5, $"! 0 {kind} FencedException"));

    private static void Convicts(Violation expected, Story story) => Assert.Equal([expected], story.Violations.Keys);
}
