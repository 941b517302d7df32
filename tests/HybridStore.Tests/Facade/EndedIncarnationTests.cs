using HybridStore.Tests.Support;

namespace HybridStore.Tests.Facade;

public class EndedIncarnationTests
{
    private static CancellationToken Cancel => StoreFixture.Cancel;

    [Fact]
    public async Task CommitAsync_RepeatForTheLivingLifeThroughAStoreThatKnowsTheLastOne_ReturnsTheFirstReceipt()
    {
        await using var fixture = new StoreFixture();
        var (store, _, _) = fixture.Open();
        var (behind, _, _) = fixture.Open();
        await store.CommitAsync(fixture.Session, new AuthPatch().Set("session", "1", new byte[] { 1 }), Cancel);
        await behind.GetAsync(fixture.Session, "session", "1", Cancel);
        await store.DeleteSessionAsync(fixture.Session, Cancel);
        var patch = new AuthPatch().Set("session", "1", new byte[] { 2 });
        var receipt = await store.CommitAsync(fixture.Session, patch, Cancel);
        Assert.Equal(2, receipt.Incarnation);

        Assert.Equal(receipt with { IsRepeat = true }, await behind.CommitAsync(fixture.Session, patch, Cancel));
    }

    [Fact]
    public async Task CommitAsync_AfterALatePatchOfTheLifeThatEndedWasRefused_IsStillRefused()
    {
        await using var fixture = new StoreFixture();
        var (store, _, _) = fixture.Open();
        var (behind, _, _) = fixture.Open();
        var late = new AuthPatch().Set("session", "1", new byte[] { 1 });
        await store.CommitAsync(fixture.Session, late, Cancel);
        _ = await behind.FindSessionAsync(fixture.Session, Cancel);
        await store.DeleteSessionAsync(fixture.Session, Cancel);
        await Assert.ThrowsAsync<IncarnationEndedException>(() => behind.CommitAsync(fixture.Session, late, Cancel).AsTask());

        await Assert.ThrowsAsync<IncarnationEndedException>(
            () => behind.CommitAsync(fixture.Session, new AuthPatch().Set("session", "2", new byte[] { 2 }), Cancel).AsTask());

        // A read shows the end; from then on a commit may begin anew.
        Assert.Null(await behind.FindSessionAsync(fixture.Session, Cancel));
        Assert.Equal(2, (await behind.CommitAsync(fixture.Session, new AuthPatch().Set("session", "2", new byte[] { 2 }), Cancel)).Incarnation);
    }

    [Fact]
    public async Task CommitAsync_AfterALatePatchOfALifeNeverSeenWasRefused_IsRefusedToo()
    {
        await using var fixture = new StoreFixture();
        var (store, _, _) = fixture.Open();
        var (behind, _, _) = fixture.Open();
        await store.CommitAsync(fixture.Session, new AuthPatch().Set("session", "1", new byte[] { 1 }), Cancel);
        await behind.GetAsync(fixture.Session, "session", "1", Cancel);
        await store.DeleteSessionAsync(fixture.Session, Cancel);
        var late = new AuthPatch().Set("session", "1", new byte[] { 2 });
        await store.CommitAsync(fixture.Session, late, Cancel);
        await store.DeleteSessionAsync(fixture.Session, Cancel);
        await Assert.ThrowsAsync<IncarnationEndedException>(() => behind.CommitAsync(fixture.Session, late, Cancel).AsTask());

        await Assert.ThrowsAsync<IncarnationEndedException>(
            () => behind.CommitAsync(fixture.Session, new AuthPatch().Set("session", "2", new byte[] { 2 }), Cancel).AsTask());
    }

    [Fact]
    public async Task CommitAsync_AfterARepeatOfCredentialsThatBeganTheLivingLife_IsTaken()
    {
        await using var fixture = new StoreFixture();
        var (store, _, _) = fixture.Open();
        var (behind, _, _) = fixture.Open(withHot: false);
        await behind.CommitAsync(fixture.Session, new AuthPatch().Set("session", "1", new byte[] { 1 }), Cancel);
        await store.DeleteSessionAsync(fixture.Session, Cancel);
        await Assert.ThrowsAsync<IncarnationEndedException>(
            () => behind.CommitAsync(fixture.Session, new AuthPatch().Set("session", "2", new byte[] { 2 }), Cancel).AsTask());
        var first = new AuthPatch().Set(AuthKey.Creds, new byte[] { 1 }).ExpectSession(0);
        await store.CommitAsync(fixture.Session, first, Cancel);
        await store.CommitAsync(fixture.Session, new AuthPatch().Set("session", "3", new byte[] { 3 }), Cancel);

        // Credentials are read before they are replaced, which shows the caller nothing.
        var again = new AuthPatch(first.CommitId).Set(AuthKey.Creds, new byte[] { 1 }).ExpectSession(0);
        Assert.True((await behind.CommitAsync(fixture.Session, again, Cancel)).IsRepeat);

        Assert.Equal(3, (await behind.CommitAsync(fixture.Session, new AuthPatch().Set("session", "2", new byte[] { 2 }), Cancel)).Version);
    }

    [Fact]
    public async Task EnumerateAsync_SessionDeletedAndCreatedAnewBeforeTheFirstRecord_SaysThatItsLifeHasEnded()
    {
        await using var fixture = new StoreFixture();
        var (store, _) = await OpenWithAnotherLifeBehindTheNextReadAsync(fixture);

        await Assert.ThrowsAsync<IncarnationEndedException>(() => StoreFixture.ToListAsync(store.EnumerateAsync(fixture.Session, cancellationToken: Cancel)));
    }

    [Fact]
    public async Task VerifyAsync_SessionDeletedAndCreatedAnewBeforeTheFirstRecord_SaysThatItsLifeHasEndedAndNotThatItIsDamaged()
    {
        await using var fixture = new StoreFixture();
        var (store, _) = await OpenWithAnotherLifeBehindTheNextReadAsync(fixture);
        var faults = new List<EnvelopeFault?>();

        await Assert.ThrowsAsync<IncarnationEndedException>(async () =>
        {
            await foreach (var check in store.VerifyAsync(fixture.Session, Cancel))
                faults.Add(check.Fault);
        });

        Assert.All(faults, Assert.Null);
    }

    // A session in its first life; as soon as cold has said so once more, it is in its second.
    private static async Task<(HybridAuthStore Store, FaultyColdTier Cold)> OpenWithAnotherLifeBehindTheNextReadAsync(StoreFixture fixture)
    {
        var (store, cold, _) = fixture.Open(withHot: false);
        var (other, _, _) = fixture.Open(withHot: false);
        await other.CommitAsync(fixture.Session, new AuthPatch().Set("session", "1", new byte[] { 1 }), Cancel);
        cold.AfterRead = async () =>
        {
            cold.AfterRead = null;
            await other.DeleteSessionAsync(fixture.Session, Cancel);
            await other.CommitAsync(fixture.Session, new AuthPatch().Set("session", "1", new byte[] { 2 }), Cancel);
        };
        return (store, cold);
    }
}
