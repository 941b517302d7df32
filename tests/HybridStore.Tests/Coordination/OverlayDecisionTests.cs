using HybridStore.Coordination;
using HybridStore.Outbox;
using HybridStore.Tiers;

namespace HybridStore.Tests.Coordination;

public sealed class OverlayDecisionTests
{
    private static readonly AuthKey[] Keys = [new("session", "a"), new("session", "b"), new("session", "c")];
    private static readonly SealedRecord[] Cold = [.. Keys.Select(static (key, i) => new SealedRecord(key, i + 1, new byte[] { 1 }))];

    [Fact]
    public void Overlay_Queued_TheNewestChangeOfEachRecordWins_AndADeletionIsAbsence()
    {
        var envelope = new byte[] { 2 };

        var records = OverlayDecision.Overlay(Keys, Cold, [null, new QueuedChange(9, envelope), new QueuedChange(8, null)]);

        Assert.Equal([Cold[0], new SealedRecord(Keys[1], 9, envelope), SealedRecord.Absent(Keys[2])], records);
    }

    [Fact]
    public void Overlay_HotIsAhead_WhatItLacksIsColds_AndWhatItKnowsToBeAbsentIsNot()
    {
        var newer = new SealedRecord(Keys[0], 9, new byte[] { 2 });

        var records = OverlayDecision.Overlay(Cold, [newer, null, SealedRecord.Absent(Keys[2])]);

        Assert.Equal([newer, Cold[1], SealedRecord.Absent(Keys[2])], records);
    }
}
