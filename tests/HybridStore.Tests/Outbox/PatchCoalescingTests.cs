using HybridStore.Outbox;
using HybridStore.Tiers;

namespace HybridStore.Tests.Outbox;

public sealed class PatchCoalescingTests
{
    private static readonly AuthKey A = new("session", "a");
    private static readonly AuthKey B = new("session", "b");

    [Fact]
    public void Coalesce_One_IsItself()
    {
        var patch = Patch(2, new SealedChange(A, new byte[] { 1 }));
        Assert.Same(patch, PatchCoalescing.Coalesce([patch]));
    }

    [Fact]
    public void Coalesce_Several_KeepsTheLastChangeOfEachRecordAndTheVersionThatWroteIt()
    {
        var coalesced = PatchCoalescing.Coalesce(
        [
            Patch(2, new SealedChange(A, new byte[] { 2 }), new SealedChange(B, new byte[] { 2 })),
            Patch(3, new SealedChange(A, new byte[] { 3 })),
            Patch(4, new SealedChange(A, null)),
        ]);

        Assert.Equal((1, 4), (coalesced.Predecessor!.Value, coalesced.Version));
        Assert.Equal(2, coalesced.Changes.Count);
        var (a, b) = (coalesced.Changes.Single(static c => c.Key == A), coalesced.Changes.Single(static c => c.Key == B));
        Assert.Equal((4, true), (a.VersionIn(coalesced.Version), a.Envelope is null));
        Assert.Equal(2, b.VersionIn(coalesced.Version));
        Assert.Equal([2], b.Envelope!.Value.ToArray());
    }

    [Fact]
    public void Coalesce_Several_IsNamedAfterTheLastAndRemembersTheOthers()
    {
        SealedPatch[] patches = [Patch(2), Patch(3), Patch(4)];
        var coalesced = PatchCoalescing.Coalesce(patches);

        Assert.Equal(patches[2].CommitId, coalesced.CommitId);
        Assert.Equal([Mark(patches[0]), Mark(patches[1])], coalesced.Absorbed);
    }

    [Fact]
    public void Coalesce_WhatWasCoalescedBefore_RemembersItsCommitsInTheirPlaces()
    {
        SealedPatch[] patches = [Patch(2), Patch(3), Patch(4), Patch(5)];
        var coalesced = PatchCoalescing.Coalesce([patches[0], PatchCoalescing.Coalesce(patches[1..3]), patches[3]]);

        Assert.Equal(patches[..3].Select(Mark), coalesced.Absorbed);
    }

    [Fact]
    public void Coalesce_MoreThanAreRemembered_NamesThoseThatATierRemembers()
    {
        SealedPatch[] patches = [.. Enumerable.Range(2, 100).Select(static version => Patch(version))];
        var coalesced = PatchCoalescing.Coalesce(patches);

        Assert.Equal(patches[^AuthLimits.RememberedCommits..^1].Select(Mark), coalesced.Absorbed);
    }

    private static CommitMark Mark(SealedPatch patch) => new(patch.CommitId, patch.Version);

    private static SealedPatch Patch(long version, params SealedChange[] changes) =>
        new() { CommitId = CommitId.New(), Predecessor = version - 1, Version = version, Changes = changes };
}
