using HybridStore.Coordination;

namespace HybridStore.Tests.Coordination;

public sealed class FillDecisionTests
{
    private static readonly SeenMark Point = new(1, 7);

    [Theory]
    [InlineData(6, true)]
    [InlineData(7, false)]
    [InlineData(8, false)]
    public void MayFill_WhereOneIsHeld_OnlyWithANewer(long held, bool expected) =>
        Assert.Equal(expected, FillDecision.MayFill(Point, new SeenMark(1, held), gone: default));

    [Theory]
    [InlineData(6, true)]
    [InlineData(7, true)]
    [InlineData(8, false)]
    public void MayFill_WhereNoneIsHeld_NotWithAnOlderThanWasLetGo(long gone, bool expected) =>
        Assert.Equal(expected, FillDecision.MayFill(Point, held: null, new SeenMark(1, gone)));

    [Fact]
    public void MayFill_WhereOneIsHeld_WhatWasLetGoWasAnother() => Assert.True(FillDecision.MayFill(Point, new SeenMark(1, 6), new SeenMark(1, 9)));
}
