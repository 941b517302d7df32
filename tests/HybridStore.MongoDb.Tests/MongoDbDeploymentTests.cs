using System.Collections.Concurrent;
using HybridStore.MongoDb.Tests.Support;
using MongoDB.Bson;

namespace HybridStore.MongoDb.Tests;

/// <summary>Servers that can't keep the promises: what they say of themselves, and what they answer, is given by a proxy before a server that can.</summary>
public sealed class MongoDbDeploymentTests : MongoDbTierTest
{
    private readonly ConcurrentQueue<string> _sent = new();

    /// <summary>The wire versions are those of the driver's list (mongodb/mongo-csharp-driver: src/MongoDB.Driver/Core/Misc/WireVersion.cs), which refuses the oldest by itself.</summary>
    [Theory]
    [InlineData(6, "3.6")]
    [InlineData(7, "4.0")]
    [InlineData(8, "4.2")]
    [InlineData(9, "4.4")]
    [InlineData(12, "4.9")]
    public async Task Initialize_OlderServer_IsNamedWithItsVersionAndTheOldestThatDoes(int wireVersion, string version)
    {
        var (tier, proxy) = await OpenAnewBehindProxyAsync();
        proxy.Hello = hello => hello.Set("maxWireVersion", wireVersion);
        Watch(proxy);

        var refusal = await UnusableAsync(StoreUnusableReason.MissingDependency, () => tier.InitializeAsync(Cancel).AsTask());

        Assert.Contains($"MongoDB {version}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("5.0", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_sent);
    }

    [Fact]
    public async Task Initialize_ServerIsNewerThanTheDriver_IsSaid()
    {
        var (tier, proxy) = await OpenAnewBehindProxyAsync();
        proxy.Hello = static hello => hello.Set("minWireVersion", 9_000).Set("maxWireVersion", 9_001);
        Watch(proxy);

        var refusal = await UnusableAsync(StoreUnusableReason.MissingDependency, () => tier.InitializeAsync(Cancel).AsTask());

        Assert.Contains("MongoDB.Driver", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_sent);
    }

    [Fact]
    public async Task Initialize_Standalone_IsRefusedWithWhatToDo()
    {
        var (tier, proxy) = await OpenAnewBehindProxyAsync();
        proxy.Hello = Standalone;
        Watch(proxy);

        var refusal = await UnusableAsync(StoreUnusableReason.MissingDependency, () => tier.InitializeAsync(Cancel).AsTask());

        Assert.Contains("standalone", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("rs.initiate()", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_sent);
    }

    /// <summary>Where hello does not tell, such as behind something that answers it in the server's place.</summary>
    [Theory]
    [InlineData(20, "IllegalOperation", "Transaction numbers are only allowed on a replica set member or mongos")]
    [InlineData(263, "OperationNotSupportedInTransaction", "Cannot run 'aggregate' in a multi-document transaction.")]
    public async Task Commit_ServerHasNoTransactions_IsRefusedAndChangesNothing(int code, string name, string text)
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        await MustAsync(tier, Creation(Patch(Set("a"))));
        proxy.Stand = command => command.Contains("txnNumber") ? ScramUser.Error(code, name, text) : null;

        var refusal = await UnusableAsync(StoreUnusableReason.MissingDependency, () => tier.CommitAsync(Commit(Patch(Set("a", 2))), Cancel).AsTask());

        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        proxy.Stand = static _ => null;
        Assert.Equal(1, (await tier.ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Version);
    }

    /// <summary>
    /// A member that was started without --replSet, by mistake or for repairs, has the same collections. It answers reads from a snapshot with 123 (mongodb/mongo:
    /// src/mongo/db/read_concern_mongod.cpp).
    /// </summary>
    [Fact]
    public async Task AnyCall_ServerIsStandaloneFromNowOn_IsRefusedAndNeverAbsence()
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        await MustAsync(tier, Creation(Patch(Set("a"))));
        proxy.Hello = Standalone;
        proxy.Stand = static command => command.TryGetValue("readConcern", out var concern) && concern["level"] == "snapshot"
            ? ScramUser.Error(123, "NotAReplicaSet", "node needs to be a replica set member to use readConcern: snapshot")
            : null;
        proxy.Cut();
        var commit = Commit(Patch(Set("a", 2)));

        await UnusableAsync(StoreUnusableReason.MissingDependency, () => tier.ReadAsync(Session, [Record("a")], false, Cancel).AsTask(), wasCut: true);
        await UnusableAsync(StoreUnusableReason.MissingDependency, () => tier.CommitAsync(commit, Cancel).AsTask(), wasCut: true);

        proxy.Hello = null;
        proxy.Stand = static _ => null;
        proxy.Cut();
        Assert.Equal(2, (await (await OpenAsync()).CommitAsync(commit, Cancel)).Version);
    }

    /// <summary>A mongod that was started with --replSet and never initiated says so in its hello.</summary>
    [Fact]
    public async Task Initialize_ReplicaSetThatWasNeverInitiated_IsRefusedWithWhatToDo()
    {
        var (tier, proxy) = await OpenAnewBehindProxyAsync(TimeSpan.FromSeconds(3));
        proxy.Hello = static hello => Standalone(hello).Set("isreplicaset", true).Set("info", "Does not have a valid replica set config").Set(
            hello.Contains("ismaster") ? "ismaster" : "isWritablePrimary", false);
        Watch(proxy);

        var failure = await Assert.ThrowsAnyAsync<AuthStoreException>(async () => await tier.InitializeAsync(Cancel));

        Assert.Contains("rs.initiate()", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_sent);
    }

    private static BsonDocument Standalone(BsonDocument hello)
    {
        foreach (var name in (string[])["setName", "setVersion", "hosts", "primary", "me", "electionId"])
            hello.Remove(name);
        return hello;
    }

    // What ends a client's sessions is sent by its disposal.
    private void Watch(MongoProxy proxy) => proxy.Decide = name =>
    {
        if (name != "endSessions")
            _sent.Enqueue(name);
        return ProxyAction.Pass;
    };
}
