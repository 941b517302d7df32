using HybridStore.MongoDb.Engine;
using HybridStore.MongoDb.Tests.Support;
using MongoDB.Bson;

namespace HybridStore.MongoDb.Tests.Engine;

public sealed class ServerCheckTests
{
    [Theory]
    [InlineData("{ maxWireVersion: 13, setName: 'rs0' }")]
    [InlineData("{ maxWireVersion: 27, msg: 'isdbgrid' }")]
    public void Judge_ServerWithTransactions_IsTaken(string hello) => ServerCheck.Judge(BsonDocument.Parse(hello));

    [Theory]
    [InlineData("{ maxWireVersion: 21 }", "replica set")]
    [InlineData("{ maxWireVersion: 9, setName: 'rs0' }", "older than 5.0")]
    [InlineData("{ ok: 1 }", "older than 5.0")]
    public void Judge_ServerThatCant_IsRefusedWithWhatToDo(string hello, string why)
    {
        var refusal = Assert.Throws<StoreUnusableException>(() => ServerCheck.Judge(BsonDocument.Parse(hello)));
        Assert.Equal(StoreUnusableReason.MissingDependency, refusal.Reason);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Initialize_StandaloneServer_IsRefusedAndNotTouched()
    {
        await using var server = await MongoServer.StartAsync(isReplicaSet: false);
        await using var tier = new MongoDbColdTier($"mongodb://127.0.0.1:{server.Port}/bots");

        await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.InitializeAsync(TestContext.Current.CancellationToken));
    }
}
