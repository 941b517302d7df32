using HybridStore.Tests.Support;

namespace HybridStore.Tests.Facade;

/// <summary>The look at the credentials before they are changed is the store's own, and must not show in what callers are told.</summary>
public class GuardedCommitTests
{
    private static CancellationToken Cancel => StoreFixture.Cancel;

    [Fact]
    public async Task CommitAsync_CredentialsForALifeThatEndedUnseen_IsRefusedLikeAnyOtherRecord()
    {
        await using var fixture = new StoreFixture();
        var (late, _, _) = fixture.Open();
        var (other, _, _) = fixture.Open();
        await late.CommitAsync(fixture.Session, new AuthPatch().Set("session", "1", new byte[] { 1 }), Cancel);
        await other.DeleteSessionAsync(fixture.Session, Cancel);

        await Assert.ThrowsAsync<IncarnationEndedException>(() =>
            late.CommitAsync(fixture.Session, new AuthPatch().Set(AuthKey.Creds, new byte[] { 1 }), Cancel).AsTask());
        Assert.Null(await other.FindSessionAsync(fixture.Session, Cancel));
    }

    [Fact]
    public async Task CommitAsync_CredentialsForALifeThatEndedUnseenAndAnotherBegan_IsRefusedLikeAnyOtherRecord()
    {
        await using var fixture = new StoreFixture();
        var (late, _, _) = fixture.Open();
        var (other, _, _) = fixture.Open();
        await late.CommitAsync(fixture.Session, new AuthPatch().Set("session", "1", new byte[] { 1 }), Cancel);
        await other.DeleteSessionAsync(fixture.Session, Cancel);
        await other.CommitAsync(fixture.Session, new AuthPatch().Set("session", "1", new byte[] { 2 }), Cancel);

        var error = await Assert.ThrowsAsync<IncarnationEndedException>(() =>
            late.CommitAsync(fixture.Session, new AuthPatch().Set(AuthKey.Creds, new byte[] { 1 }), Cancel).AsTask());

        Assert.Equal(1, error.Incarnation);
        Assert.Equal(1, (await other.FindSessionAsync(fixture.Session, Cancel))!.Version);
    }

    [Fact]
    public async Task CommitAsync_CredentialsWithoutAConditionWhileAnotherStoreChangesThem_IsNoConflict()
    {
        await using var fixture = new StoreFixture();
        var (store, cold, _) = fixture.Open(withHot: false);
        var (other, _, _) = fixture.Open(withHot: false);
        await other.CommitAsync(fixture.Session, new AuthPatch().Set(AuthKey.Creds, new byte[] { 0 }), Cancel);
        var changes = 0;
        cold.AfterRead = async () =>
        {
            if (changes < 6)
                await other.CommitAsync(fixture.Session, new AuthPatch().Set(AuthKey.Creds, new[] { (byte)++changes }), Cancel);
        };

        var receipt = await store.CommitAsync(fixture.Session, new AuthPatch().Set(AuthKey.Creds, new byte[] { 9 }), Cancel);

        Assert.False(receipt.IsRepeat);
    }
}
