using HybridStore.MongoDb.Engine;
using HybridStore.MongoDb.Tests.Support;
using HybridStore.Tiers;
using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Tests;

/// <summary>How history comes into a database, what it leaves there, and what it is beside a library that knows nothing of it; what it says is the contract's.</summary>
public sealed class MongoDbHistoryTests : MongoDbTierTest
{
    private static readonly BsonDocument Everything = [];

    [Fact]
    public async Task Initialize_DatabaseFromBeforeHistory_GetsItAndStaysOpenToTheLibraryBefore()
    {
        var before = await OpenAsync();
        await MustAsync(before, Creation(Patch(Set("a", 1))));
        await (await DatabaseAsync()).DropCollectionAsync("hybridstore_history", Cancel);
        await (await DatabaseAsync()).DropCollectionAsync("hybridstore_history_lives", Cancel);
        await (await CollectionAsync("schema")).UpdateOneAsync(Everything, new BsonDocument("$unset", new BsonDocument("step", 1)), cancellationToken: Cancel);

        var tier = await OpenAsync();
        await MustAsync(tier, Keeping(Commit(Patch(Set("a", 2)))));

        // That library refuses a schema whose version is above 1.
        var schema = await (await CollectionAsync("schema")).Find(Everything).SingleAsync(Cancel);
        Assert.Equal((1, MongoDbSchema.Version), (schema["version"].ToInt32(), schema["step"].ToInt32()));
        var indexes = await (await (await CollectionAsync("history")).Indexes.ListAsync(Cancel)).ToListAsync(Cancel);
        Assert.Contains(indexes, index => index["name"] == "needless");
        Assert.Equal([2, 1], await VersionsAsync(tier));
    }

    [Fact]
    public async Task Initialize_StepThatIsNotKnown_IsNoReasonToRefuse()
    {
        var tier = await OpenAsync();
        await MustAsync(tier, Creation(Patch(Set("a"))));
        await (await CollectionAsync("schema")).UpdateOneAsync(Everything, new BsonDocument("$set", new BsonDocument("step", 99)), cancellationToken: Cancel);

        var other = await OpenAsync();

        Assert.True((await other.ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Exists);
        Assert.Equal(99, (await (await CollectionAsync("schema")).Find(Everything).SingleAsync(Cancel))["step"].ToInt32());
    }

    [Fact]
    public async Task Delete_SessionWithHistory_LeavesNoDocumentOfIt()
    {
        var tier = await OpenAsync();
        await MustAsync(tier, Keeping(Creation(Patch([.. Enumerable.Range(0, 1_200).Select(i => Set($"{i}", length: 10))]))));
        await MustAsync(tier, Keeping(Commit(Patch([.. Enumerable.Range(0, 1_200).Select(i => Set($"{i}", 2, 10))]))));
        Assert.Equal(1_202, await CountAsync("history"));

        await tier.DeleteSessionAsync(Session, Cancel);
        await tier.Tidying.Running;

        foreach (var name in (string[])["sessions", "records", "history", "history_lives", "purges"])
            Assert.Equal((name, 0), (name, await CountAsync(name)));
    }

    [Fact]
    public async Task Initialize_LifeWasEndedByTheLibraryBefore_RemovesItsHistory()
    {
        var tier = await OpenAsync();
        var other = new AuthSessionId("clinic", "kitchen");
        await MustAsync(tier, Keeping(Creation(Patch(Set("a", 1)))));
        await MustAsync(tier, Keeping(Commit(Patch(Set("a", 2)))));
        await MustAsync(tier, Keeping(new ColdCommit { Session = other, Incarnation = 1, SealedWith = Key1.Id, NewDataKey = Key1, Patches = [Patch(Set("a"))] }));
        await tier.Tidying.Running;

        // That library's deletion: the session's document, its records, and at last the note of it. Then somebody else's session of the same name.
        var ended = new BsonDocument("_id.n", Session.Session);
        var life = (await (await CollectionAsync("sessions")).FindOneAndDeleteAsync(ended, cancellationToken: Cancel))["life"];
        await (await CollectionAsync("records")).DeleteManyAsync(new BsonDocument("_id.s", life), Cancel);
        await MustAsync(tier, Creation(Patch(Set("a", 3))));
        Assert.Equal(4, await CountAsync("history"));

        var next = await OpenAsync();
        await next.InitializeAsync(Cancel);
        await next.Tidying.Running;

        Assert.Equal(0, await (await CollectionAsync("history")).CountDocumentsAsync(new BsonDocument("_id.s", life), cancellationToken: Cancel));
        Assert.Equal((1, 1, 0), (await CountAsync("history"), await CountAsync("history_lives"), await CountAsync("purges")));
        Assert.Equal([1], (await ToListAsync(next.History!.ListAsync(other, Cancel))).Select(v => v.Version));
        Assert.Equal(2, await CountAsync("records"));
    }

    [Fact]
    public async Task Commit_LibraryBeforeWroteTheSessionsDocument_BeginsHistoryAnew()
    {
        var tier = await OpenAsync();
        await MustAsync(tier, Keeping(Creation(Patch(Set("a", 1)))));
        await MustAsync(tier, Keeping(Commit(Patch(Set("a", 2)))));

        // As it does when it takes a lease: what it does not know is not in what it writes.
        await (await CollectionAsync("sessions")).UpdateOneAsync(
            Everything, new BsonDocument("$unset", new BsonDocument { { "historyThrough", 1 }, { "historyOldest", 1 } }), cancellationToken: Cancel);
        Assert.Empty(await VersionsAsync(tier));

        await MustAsync(tier, Keeping(Commit(Patch(Set("a", 3)))));

        Assert.Equal([3, 2], await VersionsAsync(tier));
        Assert.Equal([(2, 3)], (await ToListAsync(tier.History!.ListAsync(Session, Record("a"), Cancel))).Select(r => (r.Version, r.ReplacedBy)));
        Assert.Empty(await ToListAsync(tier.History.EnumerateReplacedAsync(Session, 1, Cancel)));
        await MustAsync(tier, Keeping(Commit(Patch(Set("a", 4)))));
        Assert.Equal([4, 3, 2], await VersionsAsync(tier));
        Assert.Equal(5, await CountAsync("history"));
    }

    [Fact]
    public async Task Commit_WithoutHistory_LeavesNoDocument()
    {
        var tier = await OpenAsync();
        await MustAsync(tier, Creation(Patch(Set("a"))));
        await MustAsync(tier, Commit(Patch(Set("a", 2), new SealedChange(Record("b"), null))));

        Assert.Equal((0, 0), (await CountAsync("history"), await CountAsync("history_lives")));
        var session = await (await CollectionAsync("sessions")).Find(Everything).SingleAsync(Cancel);
        Assert.DoesNotContain(session.Names, static name => name.StartsWith("history", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Commit_MuchIsLetGoAtOnce_IsRemovedByTheNextCommitsInParts()
    {
        var tier = await OpenAsync();
        await MustAsync(tier, Keeping(Creation(Patch([.. Enumerable.Range(0, 600).Select(i => Set($"{i}", length: 10))]))));
        await MustAsync(tier, Keeping(Commit(Patch([.. Enumerable.Range(0, 600).Select(i => Set($"{i}", 2, 10))]))));
        await MustAsync(tier, Keeping(Commit(Patch(Set("0", 3)))));
        Assert.Equal(604, await CountAsync("history"));

        var counts = new List<int>();
        for (byte i = 4; i < 10; i++)
        {
            await MustAsync(tier, Keeping(Commit(Patch(Set("0", i))), new ColdHistoryRetention { MaxVersions = 1 }));
            counts.Add(await CountAsync("history"));
        }

        // Each adds two, and removes what the one before it let go.
        Assert.Equal([606, 352, 98, 5, 5, 5], counts);
        Assert.Equal([9, 8], await VersionsAsync(tier));
    }

    [Fact]
    public async Task Commit_ManyTouchTheSameSessionAtOnce_HistoryHasAllOfThem()
    {
        var (one, two) = (await OpenAsync(), await OpenAsync());
        await MustAsync(one, Keeping(Creation(Patch(Set("a")))));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => MustAsync(i % 2 == 0 ? one : two, Keeping(Commit(Patch(Set("a", (byte)i))))), Cancel)));

        Assert.Equal(Enumerable.Range(1, 21).Reverse().Select(i => (long)i), await VersionsAsync(one));
        Assert.Equal(
            Enumerable.Range(1, 20).Reverse().Select(i => ((long)i, (long)i + 1)),
            (await ToListAsync(two.History!.ListAsync(Session, Record("a"), Cancel))).Select(r => (r.Version, r.ReplacedBy)));
    }

    [Fact]
    public async Task EnumerateReplaced_RecordsOfManyBytes_ComeWholeAndInOrder()
    {
        const int Large = 3_000_000;
        var tier = await OpenAsync(TimeSpan.FromMinutes(2));
        await MustAsync(tier, Keeping(Creation(Patch([.. Enumerable.Range(0, 12).Select(i => Set($"{i:D2}", (byte)i, Large))]))));
        await MustAsync(tier, Keeping(Commit(Patch([.. Enumerable.Range(0, 12).Select(i => Set($"{i:D2}", length: 10))]))));

        var replaced = await ToListAsync(tier.History!.EnumerateReplacedAsync(Session, 1, Cancel));

        Assert.Equal(Enumerable.Range(0, 12).Select(i => ($"{i:D2}", (byte)i, Large)), replaced.Select(r => (r.Key.Id, r.Envelope.Span[^1], r.Envelope.Length)));
    }

    private static async Task<IEnumerable<long>> VersionsAsync(MongoDbColdTier tier) =>
        (await ToListAsync(tier.History!.ListAsync(Session, Cancel))).Select(static version => version.Version);

    private async Task<int> CountAsync(string name) => (int)await (await CollectionAsync(name)).CountDocumentsAsync(Everything, cancellationToken: Cancel);
}
