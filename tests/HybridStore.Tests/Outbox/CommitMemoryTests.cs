using HybridStore.Outbox;
using HybridStore.Tiers;

namespace HybridStore.Tests.Outbox;

public sealed class CommitMemoryTests
{
    private readonly CommitMemory _memory = new();

    [Fact]
    public void Find_WhatWasNeverAdded_IsZero() => Assert.Equal(0, _memory.Find(CommitId.New()));

    [Fact]
    public void Add_TheSameTwice_RemembersItOnceAndWhereItWasFirst()
    {
        var id = CommitId.New();
        _memory.Add(new CommitMark(id, 7));
        _memory.Add(new CommitMark(id, 8));

        Assert.Equal(7, _memory.Find(id));
        Assert.Equal([new CommitMark(id, 7)], _memory.All);
    }

    [Fact]
    public void Add_AsManyAsAreRemembered_ForgetsNone()
    {
        var marks = AddMany(AuthLimits.RememberedCommits);
        Assert.Equal(marks, _memory.All);
        Assert.All(marks, mark => Assert.Equal(mark.Version, _memory.Find(mark.Id)));
    }

    [Fact]
    public void Add_OneMore_ForgetsTheOldestAndNoOther()
    {
        var marks = AddMany(AuthLimits.RememberedCommits + 1);
        Assert.Equal(marks[1..], _memory.All);
        Assert.Equal(0, _memory.Find(marks[0].Id));
        Assert.All(marks[1..], mark => Assert.Equal(mark.Version, _memory.Find(mark.Id)));
    }

    [Fact]
    public void Add_APatch_RemembersWhatItAbsorbedBeforeItself()
    {
        CommitMark[] absorbed = [new(CommitId.New(), 2), new(CommitId.New(), 3)];
        var last = CommitId.New();
        _memory.Add(new SealedPatch { CommitId = last, Predecessor = 1, Version = 4, Absorbed = absorbed, Changes = [] });

        Assert.Equal([.. absorbed, new CommitMark(last, 4)], _memory.All);
        Assert.Equal((2, 3, 4), (_memory.Find(absorbed[0].Id), _memory.Find(absorbed[1].Id), _memory.Find(last)));
    }

    private CommitMark[] AddMany(int count)
    {
        CommitMark[] marks = [.. Enumerable.Range(1, count).Select(static version => new CommitMark(CommitId.New(), version))];
        foreach (var mark in marks)
            _memory.Add(mark);
        return marks;
    }
}
