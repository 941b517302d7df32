using HybridStore.Coordination;
using HybridStore.Tiers;

namespace HybridStore.Tests.Coordination;

public sealed class TakeoverDecisionTests
{
    private const string Run = "now";

    private static readonly HotOutboxState Former = new() { Incarnation = 1, Epoch = 3, Version = 12, DrainedVersion = 10, RunId = Run };

    [Fact]
    public void IsComplete_NothingWasEverQueued_WhateverHotKnows()
    {
        Assert.True(TakeoverDecision.IsComplete(0, sessionExists: true, Hot(null)));
        Assert.True(TakeoverDecision.IsComplete(3, sessionExists: false, Hot(null)));
    }

    [Fact]
    public void IsComplete_HotKnowsNothing_IsALoss()
    {
        Assert.False(IsComplete(null));
        Assert.False(IsComplete(Former with { Epoch = 0 }));
        Assert.False(IsComplete(Former with { RunId = "" }));
    }

    [Fact]
    public void IsComplete_NobodyVouched_IsALoss_EvenWhereHotKeepsEverythingAndSaysNoRun() =>
        Assert.False(TakeoverDecision.IsComplete(3, sessionExists: true, new HotInstallation(true, "", Former with { RunId = "" }) { KeepsEverything = true }));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void IsComplete_InTheRunThatWasVouchedFor_WhoeverDidIt(long epoch) => Assert.True(IsComplete(Former with { Epoch = epoch }));

    [Theory]
    [InlineData(2, true, false)]
    [InlineData(3, true, true)]
    [InlineData(4, true, true)]
    [InlineData(3, false, false)]
    [InlineData(4, false, false)]
    public void IsComplete_InAnotherRun_OnlyWhatKeepsEverything_AndHasSeenTheMark(long epoch, bool keepsEverything, bool expected) =>
        Assert.Equal(expected, IsComplete(Former with { Epoch = epoch, RunId = "before" }, keepsEverything));

    private static bool IsComplete(HotOutboxState? former, bool keepsEverything = false) => TakeoverDecision.IsComplete(3, sessionExists: true, Hot(former) with { KeepsEverything = keepsEverything });

    private static HotInstallation Hot(HotOutboxState? former) => new(true, Run, former);
}
