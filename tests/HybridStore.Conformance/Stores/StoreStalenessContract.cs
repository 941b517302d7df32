namespace HybridStore.Conformance.Stores;

/// <summary>No going back: a process sees its own commits at once, others' after the staleness bound at the latest, and nothing older than it has seen.</summary>
/// <typeparam name="TFixture">Opens the store.</typeparam>
[Promise(4)]
public abstract class StoreStalenessContract<TFixture> : StoreContract<TFixture>
    where TFixture : AuthStoreFixture, new()
{
    /// <summary>Each own commit is read at once, by a single get, a get of many and an enumeration.</summary>
    [Fact]
    public async Task Read_AfterAnOwnCommit_SeesIt()
    {
        for (byte i = 1; i < 50; i++)
        {
            await CommitAsync(i % 5 == 0 ? new AuthPatch().Delete(A) : Set(A, i));
            byte[]? expected = i % 5 == 0 ? null : [i];

            Assert.Equal(expected, await ValueAsync(A));
            var set = await Store.GetManyAsync(Session, [B, A], Cancel);
            Assert.Equal(i, set.SessionVersion);
            Assert.Equal(expected is not null, set[1].Exists);
            Assert.Equal(expected is null ? 0 : 1, (await ToListAsync(Store.EnumerateAsync(Session, cancellationToken: Cancel))).Count);
        }
    }

    /// <summary>Another process is seen after the bound at the latest.</summary>
    [Fact]
    public async Task Read_AfterAnotherProcessCommitted_IsBehindByTheBoundAtMost()
    {
        var other = (await Fixture.OpenAsync()).Store;
        await CommitAsync(Set(A, 1));
        Assert.Equal([1], await ValueAsync(A));
        await other.CommitAsync(Session, Set(A, 2), Cancel);

        await Fixture.AdvanceAsync(Fixture.MaxStaleness);

        Assert.Equal([2], await ValueAsync(A));
    }

    /// <summary>Two processes that commit in turn: neither's commit leaves the other's older record standing.</summary>
    [Fact]
    [Promise(3, 4)]
    public async Task Read_AfterCommitsInTurn_IsOfOneVersion()
    {
        var other = (await Fixture.OpenAsync()).Store;
        await CommitAsync(Set(A, 1).Set(B, new byte[] { 1 }));
        await other.CommitAsync(Session, Set(A, 2), Cancel);
        await CommitAsync(Set(B, 3));

        var set = await Store.GetManyAsync(Session, [A, B], Cancel);
        Assert.Equal(3, set.SessionVersion);
        Assert.Equal([2, 3], set.Select(r => r.Value.Span[0]));
    }

    /// <summary>A slow read that began before a commit leaves nothing behind that is older than the commit.</summary>
    /// <param name="deletes">Whether the commit deletes the record.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Promise(4, 5)]
    public async Task Read_OvertakenByACommit_LeavesNothingOlderBehind(bool deletes)
    {
        await CommitAsync(Set(A, 1));
        await Fixture.SettleAsync();
        await Fixture.AdvanceAsync(Fixture.MaxStaleness);
        var answered = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        Cold.Probe.After = o =>
        {
            if (o != TierOperation.Read)
                return Task.CompletedTask;
            Cold.Probe.After = null;
            asked.SetResult();
            return answered.Task;
        };

        var slow = Store.GetAsync(Session, A, Cancel).AsTask();
        await asked.Task;
        await CommitAsync(deletes ? new AuthPatch().Delete(A) : Set(A, 2));
        answered.SetResult();
        await slow;

        Assert.Equal(deletes ? null : [2], await ValueAsync(A));
        Assert.Equal(deletes ? null : [2], await ValueAsync(A));
    }

    /// <summary>A cold tier that was set back in time is neither read nor written.</summary>
    [Fact]
    [Promise(2, 4)]
    public async Task Cold_ThatWentBack_IsNeitherReadNorWritten()
    {
        await CommitAsync(Set(A, 1));
        await CommitAsync(Set(A, 2));
        await Fixture.SettleAsync();
        await Fixture.AdvanceAsync(Fixture.MaxStaleness);
        Cold.OnAnswer = read => new HybridStore.Tiers.ColdRead
        {
            Head = read.Head! with { Version = 1 },
            LastEndedIncarnation = read.LastEndedIncarnation,
            Records = read.Records,
            DataKeys = read.DataKeys,
        };

        var e = await Assert.ThrowsAsync<ColdWentBackException>(async () => await Store.GetAsync(Session, B, Cancel));

        Assert.Equal((2, 1), (e.SeenVersion, e.ColdVersion));
    }
}
