namespace HybridStore.Conformance.Stores;

/// <summary>A store that has a hot tier, which may be down, restarted or damaged. For stores without one there is nothing here to derive from.</summary>
/// <typeparam name="TFixture">Opens the store.</typeparam>
public abstract class StoreHotTierContract<TFixture> : StoreContract<TFixture>
    where TFixture : AuthStoreFixture, new()
{
    private FaultyHotTier Hot
    {
        get
        {
            Assert.SkipWhen(Opened.Hot is null, "The store has no hot tier.");
            return Opened.Hot!;
        }
    }

    /// <summary>With hot failing at any call, everything goes on with cold.</summary>
    /// <param name="operation">The call.</param>
    /// <param name="afterwards">Whether the tier did it, and the reply was lost.</param>
    [Theory]
    [InlineData(TierOperation.Read, false)]
    [InlineData(TierOperation.Read, true)]
    [InlineData(TierOperation.Fill, false)]
    [InlineData(TierOperation.Fill, true)]
    [InlineData(TierOperation.Apply, false)]
    [InlineData(TierOperation.Apply, true)]
    [InlineData(TierOperation.Evict, false)]
    [InlineData(TierOperation.Evict, true)]
    [Promise(1, 4)]
    public async Task HotFails_AtAnyCall_EverythingGoesOnAndNothingGoesBack(TierOperation operation, bool afterwards)
    {
        await CommitAsync(Set(A, 1));
        Hot.Probe.Fail(operation, afterwards);

        await CommitAsync(Set(A, 2).Set(B, new byte[] { 2 }));
        Assert.Equal([2], await ValueAsync(A));
        await CommitAsync(new AuthPatch().Delete(B));
        Assert.Null(await ValueAsync(B));

        // Hot comes back with whatever it had.
        Hot.Probe.Restore();
        Assert.Equal([2], await ValueAsync(A));
        Assert.Null(await ValueAsync(B));
        await Store.DeleteSessionAsync(Session, Cancel);
        Assert.Null(await ValueAsync(A));
    }

    /// <summary>A hot tier that was restarted, or whose copy is damaged, is not believed.</summary>
    /// <param name="damaged">Whether its copy is damaged.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Promise(4, 9)]
    public async Task Hot_ThatIsNotToBeBelieved_IsReadFromCold(bool damaged)
    {
        await CommitAsync(Set(A, 1));
        await Fixture.SettleAsync();
        Hot.OnAnswer = read => new HybridStore.Tiers.HotRead
        {
            Meta = read.Meta,
            RunId = damaged ? read.RunId : "another run",
            Generation = read.Generation,
            Records = [.. read.Records.Select(r => damaged && r is { } record ? record with { Envelope = new byte[80] } : r)],
        };
        var before = Cold.Probe.Count(TierOperation.Read);

        Assert.Equal([1], await ValueAsync(A));

        Assert.Equal(before + 1, Cold.Probe.Count(TierOperation.Read));
    }
}
