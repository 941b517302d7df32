namespace HybridStore.RedisSqlite.Tests.Stores;

/// <summary>The fixtures do what they are called: were everything persisted, the contracts would say nothing of what is queued.</summary>
public sealed class OutcomeTests
{
    private static readonly AuthSessionId Session = new("clinic", "reception");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Durability.Queued, CommitOutcome.Queued)]
    [InlineData(Durability.PersistedElseQueued, CommitOutcome.Persisted)]
    [InlineData(Durability.Persisted, CommitOutcome.Persisted)]
    public async Task SecondCommit_OfEachDurability_GoesWhereItShould(Durability durability, CommitOutcome expected)
    {
        await using RedisSqliteStoreFixture fixture = durability switch
        {
            Durability.Queued => new QueuedFixture(),
            Durability.PersistedElseQueued => new PersistedElseQueuedFixture(),
            _ => new PersistedFixture(),
        };
        var store = (await fixture.OpenAsync()).Store;
        await store.CommitAsync(Session, new AuthPatch().Set("session", "a", new byte[] { 1 }), Cancel);

        var receipt = await store.CommitAsync(Session, new AuthPatch().Set("session", "a", new byte[] { 2 }), Cancel);

        Assert.Equal((2, expected), (receipt.Version, receipt.Outcome));
    }
}
