using HybridStore.Tests.Support;

namespace HybridStore.Tests.Facade;

public class EndedIncarnationTests
{
    private static CancellationToken Cancel => StoreFixture.Cancel;

    [Fact(Skip = "The refusal names the life that the patch is for, which is alive, and not the one that has ended.")]
    public async Task CommitAsync_RepeatForTheLivingLifeThroughAStoreThatKnowsTheLastOne_DoesNotSayThatTheLivingOneHasEnded()
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

        try
        {
            Assert.Equal(receipt with { IsRepeat = true }, await behind.CommitAsync(fixture.Session, patch, Cancel));
        }
        catch (IncarnationEndedException e)
        {
            Assert.Equal(1, e.Incarnation);
        }
    }
}
