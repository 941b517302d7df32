using HybridStore.Resilience;

namespace HybridStore.Tests.Resilience;

/// <summary>What says that a tier is in trouble, and what may be sent again.</summary>
public sealed class TierFailureTests
{
    private static readonly StoreUnusableException Full = new("tier", StoreUnusableReason.Full, "full");
    private static readonly CommitOutcomeUnknownException Unknown = new(new AuthSessionId("t", "s"), CommitId.New());

    [Fact]
    public void NoAnswer_Counts_AndIsSentAgain() => Assert.Equal((true, true), Judge(new StoreUnavailableException("tier", "It is down.")));

    [Fact]
    public void NoAnswerThatNobodyKnowsTheEndOf_Counts_AndIsNotSentAgain() => Assert.Equal((true, false), Judge(Unknown));

    [Fact]
    public void NotAskedAtAll_DoesNeither() => Assert.Equal((false, false), Judge(new StoreUnavailableException("tier", "It was not asked.") { IsBreakerOpen = true }));

    [Fact]
    public void UnusableUnderneath_Counts_AndIsNotSentAgain() => Assert.Equal((true, false), Judge(new StoreUnavailableException("tier", "It takes no writes.", Full)));

    [Fact]
    public void AnyOtherCauseUnderneath_IsSentAgain() => Assert.Equal((true, true), Judge(new StoreUnavailableException("tier", "It is down.", new TimeoutException())));

    [Fact]
    public void AnAnswer_OrNoFailure_DoesNeither()
    {
        Assert.Equal((false, false), Judge(Full));
        Assert.Equal((false, false), Judge(new OperationCanceledException()));
        Assert.Equal((false, false), Judge(null));
    }

    [Fact]
    public void Described_ByTheStoresOwnWords_AndByNoOneElses()
    {
        Assert.Equal("full", TierFailure.Describe(Full));
        Assert.Equal("InvalidOperationException", TierFailure.Describe(new InvalidOperationException("Who knows what stands here.")));
    }

    private static (bool Counts, bool MayRetry) Judge(Exception? failure) => (TierFailure.Counts(failure), TierFailure.MayRetry(failure));
}
