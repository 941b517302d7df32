using HybridStore.MongoDb.Tests.Support;
using HybridStore.Tiers;
using MongoDB.Bson;

namespace HybridStore.MongoDb.Tests;

/// <summary>A user that lacks a right: the proxy refuses as mongod does, with what docs/mongodb.md lists as what is needed.</summary>
public sealed class MongoDbRightsTests : MongoDbTierTest
{
    // What a command needs, by docs/mongodb.md. The manual: "Privilege Actions", and mongodb/mongo: src/mongo/db/auth/builtin_roles.yml for readWrite, which has them all.
    private static readonly Dictionary<string, string> Rights = new()
    {
        ["find"] = "find", ["aggregate"] = "find", ["getMore"] = "find", ["insert"] = "insert", ["update"] = "update", ["delete"] = "remove",
        ["create"] = "createCollection", ["createIndexes"] = "createIndex",
    };

    // What any user may: mongodb/mongo, requiresAuth and addRequiredPrivileges of these commands.
    private static readonly string[] Free = ["hello", "isMaster", "commitTransaction", "abortTransaction", "endSessions", "killCursors", "saslStart", "saslContinue"];

    [Theory]
    [InlineData("find", "schema")]
    [InlineData("create", "sessions")]
    [InlineData("createIndexes", "sessions")]
    [InlineData("update", "schema")]
    public async Task Initialize_RightIsMissing_IsNamed(string command, string collection)
    {
        var (tier, proxy) = await OpenAnewBehindProxyAsync();
        proxy.Stand = Lacking(command, collection);

        var refusal = await UnusableAsync(StoreUnusableReason.ReadOnly, () => tier.InitializeAsync(Cancel).AsTask());

        AssertNames(refusal, command, collection);

        // Granted, it goes on without a restart.
        proxy.Stand = static _ => null;
        await MustAsync(tier, Creation(Patch(Set("a"))));
    }

    [Theory]
    [InlineData("aggregate", "schema")]
    [InlineData("update", "sessions")]
    [InlineData("update", "records")]
    [InlineData("delete", "records")]
    public async Task Commit_RightIsTakenMeanwhile_IsNamedAndChangesNothing(string command, string collection)
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        await MustAsync(tier, Creation(Patch(Set("a"), Set("b"))));
        proxy.Stand = Lacking(command, collection);
        var commit = Commit(Patch(Set("a", 2), new SealedChange(Record("b"), null)));

        AssertNames(await UnusableAsync(StoreUnusableReason.ReadOnly, () => tier.CommitAsync(commit, Cancel).AsTask()), command, collection);

        proxy.Stand = static _ => null;
        var read = await tier.ReadAsync(Session, [Record("a"), Record("b")], false, Cancel);
        Assert.Equal((1, 1, 1), (read.Head!.Version, read.Records[0].Version, read.Records[1].Version));
        Assert.Equal(2, (await tier.CommitAsync(commit, Cancel)).Version);
    }

    [Theory]
    [InlineData("sessions")]
    [InlineData("records")]
    [InlineData("data_keys")]
    public async Task CommitOfANewSession_RightToInsertIsMissing_IsNamedAndNothingIsThere(string collection)
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        proxy.Stand = Lacking("insert", collection);
        var creation = Creation(Patch(Set("a")));

        AssertNames(await UnusableAsync(StoreUnusableReason.ReadOnly, () => tier.CommitAsync(creation, Cancel).AsTask()), "insert", collection);

        proxy.Stand = static _ => null;
        Assert.Null((await tier.ReadAsync(Session, [Record("a")], false, Cancel)).Head);
        await MustAsync(tier, creation);
    }

    /// <summary>One command reads several collections; which of them may not be read is in the server's log only.</summary>
    [Fact]
    public async Task Read_RightIsTakenMeanwhile_NamesAllThatTheCommandReads()
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        await MustAsync(tier, Creation(Patch(Set("a"))));
        proxy.Stand = Lacking("aggregate", "schema");

        var refusal = await UnusableAsync(StoreUnusableReason.ReadOnly, () => tier.ReadAsync(Session, [Record("a")], false, Cancel).AsTask());

        foreach (var collection in (string[])["schema", "sessions", "records", "tombstones"])
            AssertNames(refusal, "aggregate", collection);
    }

    [Fact]
    public async Task Renew_RightIsTakenMeanwhile_IsNamedAndIsNoLostLease()
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        var grant = await tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromMinutes(5), MayQueue: false), Cancel);
        proxy.Stand = Lacking("update", "sessions");

        AssertNames(
            await UnusableAsync(StoreUnusableReason.ReadOnly, () => tier.Leases.RenewAsync([new LeaseRef(Session, grant.Epoch)], TimeSpan.FromMinutes(5), Cancel).AsTask()),
            "update",
            "sessions");

        proxy.Stand = static _ => null;
        Assert.Equal([true], await tier.Leases.RenewAsync([new LeaseRef(Session, grant.Epoch)], TimeSpan.FromMinutes(5), Cancel));
    }

    [Fact]
    public async Task AllCalls_SendNothingThatNeedsOtherRightsThanDocumented()
    {
        var tier = await OpenCountedAsync();
        await MustAsync(tier, Keeping(Creation(Patch(Set("a"), Set("b")))));
        await MustAsync(tier, Keeping(Commit(Patch(Set("a", 2), new SealedChange(Record("b"), null)))));
        await tier.ReadAsync(Session, [Record("a")], true, Cancel);
        await ToListAsync(tier.EnumerateAsync(Session, null, Cancel));
        await ToListAsync(tier.ListSessionsAsync(null, Cancel));
        await tier.SummarizeAsync(Session, Cancel);
        var grant = await tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromMinutes(5), MayQueue: true), Cancel);
        await tier.Leases.RenewAsync([new LeaseRef(Session, grant.Epoch)], TimeSpan.FromMinutes(5), Cancel);
        await ToListAsync(tier.Leases.ListAheadAsync(unheldOnly: false, Cancel));
        await tier.Leases.ReleaseAsync(new LeaseRef(Session, grant.Epoch), drained: true, Cancel);
        Assert.True(await tier.Keys!.WriteRingAsync(0, new byte[10], Cancel));
        Assert.True(await tier.Keys.WriteRingAsync((await tier.Keys.ReadRingAsync(Cancel)).Version, new byte[20], Cancel));
        await tier.DeleteSessionAsync(Session, Cancel);
        await tier.Tidying.Running;

        Assert.Empty(Commands.Distinct().Except([.. Rights.Keys, .. Free]));
        Assert.Empty(Rights.Keys.Except(["getMore", .. Commands]));
    }

    private static void AssertNames(StoreUnusableException refusal, string command, string collection)
    {
        Assert.Contains($"right {Rights[command]} ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains($"hybridstore_{collection}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Unauthorized", refusal.Message, StringComparison.Ordinal);

        // The server's text repeats the command, and with it what is looked for.
        Assert.DoesNotContain(Session.Session, refusal.Message, StringComparison.Ordinal);
    }

    // The text of mongod 7: CommandInvocation::checkAuthorization in mongodb/mongo, src/mongo/db/commands.cpp. It repeats the command without the documents that are sent beside it.
    private static Func<BsonDocument, BsonDocument?> Lacking(string command, string collection) => request =>
        request.GetElement(0) is var first && first.Name == command && first.Value == $"hybridstore_{collection}"
            ? ScramUser.Error(13, "Unauthorized", $"not authorized on {request["$db"]} to execute command {request}")
            : null;
}
