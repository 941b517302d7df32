namespace HybridStore.Conformance.Stores;

/// <summary>Deleted stays deleted.</summary>
/// <typeparam name="TFixture">Opens the store.</typeparam>
[Promise(5)]
public abstract class StoreDeletionContract<TFixture> : StoreContract<TFixture>
    where TFixture : AuthStoreFixture, new()
{
    /// <summary>A deleted record is gone here at once and for every process after the bound, and no read brings it back.</summary>
    [Fact]
    public async Task Delete_Record_IsGoneForEveryProcess()
    {
        var other = (await Fixture.OpenAsync()).Store;
        await CommitAsync(Set(A, 1).Set(B, new byte[] { 1 }));
        Assert.Equal([1], await ValueAsync(A, other));

        await CommitAsync(new AuthPatch().Delete(A));

        Assert.Null(await ValueAsync(A));
        await Fixture.AdvanceAsync(Fixture.MaxStaleness);
        foreach (var store in (IAuthStateStore[])[other, Store, (await Fixture.OpenAsync()).Store])
        {
            Assert.Null(await ValueAsync(A, store));
            Assert.Equal([B], (await ToListAsync(store.EnumerateAsync(Session, cancellationToken: Cancel))).Select(r => r.Key));
        }
    }

    /// <summary>A deleted session is gone for every process.</summary>
    [Fact]
    public async Task DeleteSession_IsGoneForEveryProcess()
    {
        var other = (await Fixture.OpenAsync()).Store;
        await CommitAsync(Set(A, 1));
        await other.GetAsync(Session, A, Cancel);

        Assert.True(await Store.DeleteSessionAsync(Session, Cancel));

        Assert.Null(await ValueAsync(A));
        Assert.Null(await Store.FindSessionAsync(Session, Cancel));
        Assert.Empty(await ToListAsync(Store.ListSessionsAsync(cancellationToken: Cancel)));
        Assert.False(await Store.DeleteSessionAsync(Session, Cancel));
        await Fixture.AdvanceAsync(Fixture.MaxStaleness);
        Assert.Null(await ValueAsync(A, other));
    }

    /// <summary>A session that never was is not deleted.</summary>
    [Fact]
    public async Task DeleteSession_NeverLived_SaysSo() => Assert.False(await Store.DeleteSessionAsync(Session, Cancel));

    /// <summary>A late commit of a process that knows only the ended life does not begin another, however often it tries, until it has looked.</summary>
    [Fact]
    public async Task Commit_AfterAnotherProcessDeleted_DoesNotBringTheSessionBack()
    {
        await CommitAsync(Set(AuthKey.Creds, 1));
        await (await Fixture.OpenAsync()).Store.DeleteSessionAsync(Session, Cancel);

        for (var i = 0; i < 3; i++)
            Assert.Equal(1, (await Assert.ThrowsAsync<IncarnationEndedException>(() => CommitAsync(Set(A, 2)))).Incarnation);

        Assert.Null(await Store.FindSessionAsync(Session, Cancel));
        Assert.Equal(2, (await CommitAsync(Set(AuthKey.Creds, 3))).Incarnation);
    }

    /// <summary>Nor does it write into the next life that somebody else began.</summary>
    [Fact]
    public async Task Commit_AfterAnotherProcessBeganAnotherLife_DoesNotWriteIntoIt()
    {
        NeedsWriteThrough();
        await CommitAsync(Set(AuthKey.Creds, 1));
        var other = (await Fixture.OpenAsync()).Store;
        await other.DeleteSessionAsync(Session, Cancel);
        await other.CommitAsync(Session, Set(AuthKey.Creds, 2), Cancel);
        var before = await StateAsync();

        for (var i = 0; i < 2; i++)
            await Assert.ThrowsAsync<IncarnationEndedException>(() => CommitAsync(Set(A, 3)));
        Assert.Equal(before, await StateAsync());

        await Fixture.AdvanceAsync(Fixture.MaxStaleness);
        Assert.Equal([2], await ValueAsync(AuthKey.Creds));
        Assert.Equal(2, (await CommitAsync(Set(A, 3))).Incarnation);
    }

    /// <summary>A repeat of a commit to a deleted session begins no other life.</summary>
    [Fact]
    [Promise(5, 6)]
    public async Task Commit_RepeatAfterTheSessionWasDeleted_BeginsNoOtherLife()
    {
        var patch = Set(A, 1);
        await CommitAsync(patch);
        await Store.DeleteSessionAsync(Session, Cancel);

        await Assert.ThrowsAsync<IncarnationEndedException>(() => CommitAsync(patch));
        Assert.Null(await Store.FindSessionAsync(Session, Cancel));
    }

    /// <summary>Another life has none of the records of the one before.</summary>
    [Fact]
    public async Task NextLife_HasNoneOfTheFormerRecords()
    {
        await CommitAsync(Set(A, 1));
        await Store.DeleteSessionAsync(Session, Cancel);

        var receipt = await CommitAsync(Set(AuthKey.Creds, 2));

        Assert.Equal((2, 1), (receipt.Incarnation, receipt.Version));
        foreach (var store in (IAuthStateStore[])[Store, (await Fixture.OpenAsync()).Store])
        {
            var set = await store.GetManyAsync(Session, [A, AuthKey.Creds], Cancel);
            Assert.Equal((2, false, true), (set.Incarnation, set[0].Exists, set[1].Exists));
        }
    }

    /// <summary>A session that ends while it is enumerated does not look like one that came to its end.</summary>
    [Fact]
    [Promise(1, 5)]
    public async Task Enumerate_SessionEndsMeanwhile_Throws()
    {
        var patch = new AuthPatch();
        for (var i = 0; i < 1_000; i++)
            patch.Set("pre-key", $"{i}", new byte[10]);
        await CommitAsync(patch);
        await using var records = Store.EnumerateAsync(Session, cancellationToken: Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await records.MoveNextAsync());

        await (await Fixture.OpenAsync()).Store.DeleteSessionAsync(Session, Cancel);

        await Assert.ThrowsAsync<IncarnationEndedException>(async () =>
        {
            while (await records.MoveNextAsync())
            {
            }
        });
    }
}
