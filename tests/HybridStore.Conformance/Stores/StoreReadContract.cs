namespace HybridStore.Conformance.Stores;

/// <summary>A read gives the value, or that it authoritatively does not exist, or throws; many ids are answered at one version.</summary>
/// <typeparam name="TFixture">Opens the store.</typeparam>
public abstract class StoreReadContract<TFixture> : StoreContract<TFixture>
    where TFixture : AuthStoreFixture, new()
{
    /// <summary>A session that never was is absent, and a read does not create it.</summary>
    [Fact]
    [Promise(1)]
    public async Task Get_NoSession_IsAbsentAndStaysUncreated()
    {
        var set = await Store.GetManyAsync(Session, [A, AuthKey.Creds], Cancel);

        Assert.All(set, r => Assert.Equal(AuthRecordState.Absent, r.State));
        Assert.Equal((0, 0), (set.Incarnation, set.SessionVersion));
        Assert.Null(await Store.FindSessionAsync(Session, Cancel));
        Assert.Empty(await ToListAsync(Store.ListSessionsAsync(cancellationToken: Cancel)));
    }

    /// <summary>An empty value exists; an absent record has no value.</summary>
    [Fact]
    [Promise(1)]
    public async Task Get_EmptyValue_IsNotAbsent()
    {
        await CommitAsync(new AuthPatch().Set(A, Array.Empty<byte>()));

        Assert.Equal((true, 0), (await Store.GetAsync(Session, A, Cancel)) is var found ? (found.Exists, found.Value.Length) : default);
        var absent = await Store.GetAsync(Session, B, Cancel);
        Assert.False(absent.Exists);
        Assert.Throws<InvalidOperationException>(() => absent.Value);
    }

    /// <summary>What was committed is read here and by another process, each key in its place.</summary>
    [Fact]
    [Promise(2, 4)]
    public async Task GetMany_AfterACommit_AnswersEachInOrder()
    {
        await CommitAsync(new AuthPatch().Set(A, "one"u8.ToArray()).Set(B, "two"u8.ToArray()));

        foreach (var reader in (IAuthStateStore[])[Store, (await Fixture.OpenAsync()).Store])
        {
            var set = await reader.GetManyAsync(Session, [B, AuthKey.Creds, A, B], Cancel);
            Assert.Equal((1, 1), (set.Incarnation, set.SessionVersion));
            Assert.Equal([B, AuthKey.Creds, A, B], set.Select(r => r.Key));
            Assert.Equal(["two", null, "one", "two"], set.Select(r => r.Exists ? System.Text.Encoding.ASCII.GetString(r.Value.Span) : null));
        }

        Assert.Empty(await Store.GetManyAsync(Session, [], Cancel));
    }

    /// <summary>Bytes that were handed out stay as they are, whatever is committed later.</summary>
    [Fact]
    public async Task Get_BytesHandedOut_AreNeverReused()
    {
        await CommitAsync(Set(A, 1, 2, 3));
        var first = (await Store.GetAsync(Session, A, Cancel)).Value;
        for (byte i = 10; i < 30; i++)
            await CommitAsync(Set(A, i, i, i));

        Assert.Equal([1, 2, 3], first.ToArray());
    }

    /// <summary>Any call of a tier that fails makes the read throw or find the answer elsewhere; never an absence.</summary>
    /// <param name="operation">The call.</param>
    /// <param name="afterwards">Whether the tier did it, and the reply was lost.</param>
    [Theory]
    [InlineData(TierOperation.Initialize, false)]
    [InlineData(TierOperation.Read, false)]
    [InlineData(TierOperation.Read, true)]
    [Promise(1)]
    public async Task Get_ColdFails_IsNeverAbsent(TierOperation operation, bool afterwards)
    {
        await CommitAsync(Set(AuthKey.Creds, 1));
        await Fixture.SettleAsync();
        var (store, cold, _) = await OpenFaultyAsync();
        cold.Probe.Fail(operation, afterwards);

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.GetAsync(Session, AuthKey.Creds, Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.GetManyAsync(Session, [A, AuthKey.Creds], Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.FindSessionAsync(Session, Cancel));

        cold.Probe.Restore();
        Assert.Equal([1], await ValueAsync(AuthKey.Creds, store));
    }

    /// <summary>Streams whose tier fails throw too, and don't come to an early end.</summary>
    [Fact]
    [Promise(1)]
    public async Task Streams_ColdFails_Throw()
    {
        await CommitAsync(Set(AuthKey.Creds, 1));
        Cold.Probe.TakeDown("cold");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => ToListAsync(Store.EnumerateAsync(Session, cancellationToken: Cancel)));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => ToListAsync(Store.VerifyAsync(Session, Cancel)));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => ToListAsync(Store.ListSessionsAsync(cancellationToken: Cancel)));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await Store.SummarizeAsync(Session, Cancel));
    }

    /// <summary>A store that was closed says so.</summary>
    [Fact]
    [Promise(1)]
    public async Task AfterDisposal_EveryCallSaysSo()
    {
        await CommitAsync(Set(A, 1));
        Assert.SkipUnless(Store is IAsyncDisposable, "The store can't be disposed of.");
        await ((IAsyncDisposable)Store).DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Store.GetAsync(Session, A, Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Store.CommitAsync(Session, new AuthPatch().Delete(A), Cancel));
    }

    private async Task<(IAuthStateStore Store, FaultyColdTier Cold, FaultyHotTier? Hot)> OpenFaultyAsync()
    {
        var opened = await Fixture.OpenAsync();
        Assert.SkipWhen(opened.Cold is null, "The fixture can't stand between the store and its tier.");

        // A hot tier that is shared would answer, rightly, without cold.
        opened.Hot?.Probe.TakeDown("hot");
        return (opened.Store, opened.Cold!, opened.Hot);
    }
}
