using HybridStore.Tiers;

namespace HybridStore.Conformance.Tiers;

/// <summary>The end of a session, its tombstone, and its next life.</summary>
/// <typeparam name="TFixture">Opens the tier.</typeparam>
[Promise(5)]
public abstract class ColdDeletionContract<TFixture> : ColdTierContract<TFixture>
    where TFixture : ColdTierFixture, new()
{
    /// <summary>Nothing of a deleted session is there but that it was.</summary>
    [Fact]
    public async Task Delete_Session_LeavesATombstoneOnly()
    {
        await CommitAsync(Creation(Patch([.. Enumerable.Range(0, 1_200).Select(i => Set($"{i}", length: 10))])));
        await CommitAsync(Commit(Patch(Set("a"))));

        Assert.Equal(new ColdDeletion(true, 1, 2, 1), await Tier.DeleteSessionAsync(Session, Cancel));

        var read = await ReadAsync("1", "a");
        Assert.Null(read.Head);
        Assert.Equal(1, read.LastEndedIncarnation);
        Assert.All(read.Records, r => Assert.False(r.Exists));
        Assert.Empty(read.DataKeys);
        Assert.Equal(1, (await Tier.ReadAsync(Session, [Record("a")], false, Cancel)).LastEndedIncarnation);
        Assert.Empty(await ToListAsync(Tier.EnumerateAsync(Session, null, Cancel)));
        Assert.Empty(await ToListAsync(Tier.ListSessionsAsync(null, Cancel)));
        Assert.Null(await Tier.SummarizeAsync(Session, Cancel));
    }

    /// <summary>Deleted again, it says what ended earlier.</summary>
    [Fact]
    public async Task Delete_Again_SaysWhatEndedEarlier()
    {
        await CreateAsync();
        await Tier.DeleteSessionAsync(Session, Cancel);
        Assert.Equal(new ColdDeletion(false, 1, 1, 1), await Tier.DeleteSessionAsync(Session, Cancel));
    }

    /// <summary>A session that never lived is not deleted.</summary>
    [Fact]
    public async Task Delete_NeverLived_SaysSo() => Assert.Equal(new ColdDeletion(false, 0, 0, 0), await Tier.DeleteSessionAsync(Session, Cancel));

    /// <summary>Only the session named is deleted.</summary>
    [Fact]
    [Promise(5, 13)]
    public async Task Delete_OneSession_LeavesOthersAlone()
    {
        var other = new AuthSessionId("clinic", "reception2");
        await CreateAsync();
        await CommitAsync(CreationOf(other, 1, Patch(Set("a"))));

        await Tier.DeleteSessionAsync(Session, Cancel);

        Assert.True((await Tier.ReadAsync(other, [Record("a")], false, Cancel)).Records[0].Exists);
    }

    /// <summary>A holder is fenced by the deletion, also where the session was never created.</summary>
    [Fact]
    [Promise(5, 8)]
    public async Task Delete_HeldButNeverLived_FencesTheHolder()
    {
        var lease = await AcquireAsync("bot", mayQueue: true);

        Assert.Equal(new ColdDeletion(false, 0, 0, lease.Epoch + 1), await Tier.DeleteSessionAsync(Session, Cancel));

        Assert.Equal(ColdCommitStatus.Fenced, (await CommitAsync(WithEpoch(Creation(Patch(Set("a"))), lease.Epoch))).Status);
        Assert.Equal(0, (await ReadAsync()).LastEndedIncarnation);
    }

    /// <summary>A holder's lease ends with the session.</summary>
    [Fact]
    [Promise(5, 8)]
    public async Task Delete_HeldSession_FencesTheHolderAndEndsTheLease()
    {
        await CreateAsync();
        var lease = await AcquireAsync("bot", mayQueue: true);

        Assert.Equal(lease.Epoch + 1, (await Tier.DeleteSessionAsync(Session, Cancel)).Epoch);

        Assert.False(await RenewAsync(lease.Epoch));
        Assert.Equal(ColdCommitStatus.IncarnationEnded, (await CommitAsync(WithEpoch(Commit(Patch(Set("a"))), lease.Epoch))).Status);
        Assert.Equal(ColdCommitStatus.Fenced, (await CommitAsync(WithEpoch(CreationOf(Session, 2, Patch(Set("a"))), lease.Epoch))).Status);
        Assert.Empty(await ToListAsync(Tier.Leases.ListAheadAsync(unheldOnly: false, Cancel)));
        Assert.Null(await HeadAsync());
    }

    /// <summary>The next life is another incarnation, under a higher epoch, with a data key of its own and none of the records.</summary>
    [Fact]
    public async Task Delete_ThenCreate_IsTheNextIncarnationUnderAHigherEpoch()
    {
        await CreateAsync();
        var lease = await AcquireAsync("bot");
        var late = WithEpoch(Commit(Patch(Set("a", 66))), lease.Epoch);
        await Tier.DeleteSessionAsync(Session, Cancel);

        var created = await CommitAsync(new ColdCommit { Session = Session, Incarnation = 2, SealedWith = Key2.Id, NewDataKey = Key2, Patches = [Patch(Set("b"))] });

        Assert.Equal((ColdCommitStatus.Committed, 2, 1, 2), (created.Status, created.Incarnation, created.Version, created.Epoch));
        Assert.Equal(ColdCommitStatus.IncarnationEnded, (await CommitAsync(late)).Status);
        var read = await ReadAsync("a", "b");
        Assert.Equal([0, 1], read.Records.Select(r => r.Version));
        Assert.Equal(1, read.LastEndedIncarnation);
        Assert.Equal(Key2.Id, Assert.Single(read.DataKeys).Id);
        Assert.Equal(new ColdDeletion(true, 2, 1, 3), await Tier.DeleteSessionAsync(Session, Cancel));
    }

    /// <summary>A repeat from a former life brings nothing back, whichever way it comes.</summary>
    [Fact]
    [Promise(5, 6)]
    public async Task Delete_RepeatOfAnOldCommitAfterwards_DoesNotBringItBack()
    {
        var first = Creation(Patch(Set("a")));
        await CommitAsync(first);
        await Tier.DeleteSessionAsync(Session, Cancel);

        Assert.Equal(ColdCommitStatus.IncarnationEnded, (await CommitAsync(first)).Status);
        Assert.Equal(ColdCommitStatus.IncarnationEnded, (await Tier.ImportAsync(Import(Records(1)), Cancel)).Status);
        Assert.Null(await HeadAsync());
        Assert.Equal(ColdCommitStatus.Committed, (await Tier.ImportAsync(Import(Records(1), incarnation: 2), Cancel)).Status);
        Assert.Equal(ColdCommitStatus.IncarnationEnded, (await CommitAsync(first)).Status);
    }

    /// <summary>A commit for another incarnation than the living one is refused, whether older or not begun yet.</summary>
    /// <param name="incarnation">The incarnation.</param>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Commit_OtherIncarnation_IsRefused(long incarnation)
    {
        await CreateAsync();
        var before = await StateAsync();

        var result = await CommitAsync(CreationOf(Session, incarnation, Patch(Set("a", 9))));

        Assert.Equal(new ColdCommitResult { Status = ColdCommitStatus.IncarnationEnded, Incarnation = 1, Version = 1 }, result);
        Assert.Equal(before, await StateAsync());
    }

    /// <summary>A session is created as the next incarnation, and none further on.</summary>
    [Fact]
    public async Task Commit_NoSessionAndNotTheNextIncarnation_IsRefused()
    {
        Assert.Equal(new ColdCommitResult { Status = ColdCommitStatus.IncarnationEnded }, await CommitAsync(CreationOf(Session, 2, Patch(Set("a")))));
        Assert.Null(await HeadAsync());
    }

    /// <summary>Epochs only rise, over any number of lives.</summary>
    [Fact]
    [Promise(5, 8)]
    public async Task Epoch_OverDeletions_OnlyRises()
    {
        long last = 0;
        for (var life = 1; life <= 3; life++)
        {
            var epoch = (await AcquireAsync("bot")).Epoch;
            Assert.True(epoch > last);
            Assert.Equal(ColdCommitStatus.Committed, (await CommitAsync(WithEpoch(CreationOf(Session, life, Patch(Set("a"))), epoch))).Status);
            last = (await Tier.DeleteSessionAsync(Session, Cancel)).Epoch;
            Assert.True(last > epoch);
        }
    }
}
