using HybridStore.MongoDb.Engine;
using HybridStore.MongoDb.Tests.Support;
using HybridStore.Tiers;
using MongoDB.Bson;
using MongoDB.Driver;

namespace HybridStore.MongoDb.Tests;

/// <summary>What lies in the database: what it is called, what expires, and what is left of what has ended.</summary>
public sealed class MongoDbLifeTests : MongoDbTierTest
{
    [Fact]
    public async Task Delete_Session_RemovesItsRecordsAndKeysInTheBackground()
    {
        var tier = await OpenAsync();
        await MustAsync(tier, Creation(Patch([.. Enumerable.Range(0, 1_200).Select(i => Set($"{i}", length: 10))])));

        await tier.DeleteSessionAsync(Session, Cancel);
        await tier.Tidying.Running;

        foreach (var name in (string[])["sessions", "records", "data_keys", "purges"])
            Assert.Equal((name, 0), (name, await CountAsync(name)));
        Assert.Equal(1, await CountAsync("tombstones"));
        var tombstone = await (await CollectionAsync("tombstones")).Find(new BsonDocument()).SingleAsync(Cancel);
        Assert.DoesNotContain(Session.Session, tombstone.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Initialize_WhatADeletionLeft_IsRemoved()
    {
        var tier = await OpenAsync();
        await MustAsync(tier, Creation(Patch(Set("a"))));
        var life = (await (await CollectionAsync("sessions")).Find(new BsonDocument()).SingleAsync(Cancel))["life"].AsObjectId;
        var ended = ObjectId.GenerateNewId();
        await (await CollectionAsync("records")).InsertOneAsync(RecordDocument.Make(ended, Record("left"), 1, new byte[1]), cancellationToken: Cancel);
        await (await CollectionAsync("purges")).InsertOneAsync(new BsonDocument("_id", ended), cancellationToken: Cancel);

        var other = await OpenAsync();
        await other.InitializeAsync(Cancel);
        await other.Tidying.Running;

        var left = await (await CollectionAsync("records")).Find(new BsonDocument()).SingleAsync(Cancel);
        Assert.Equal(RecordDocument.Id(life, Record("a")), left["_id"]);
        Assert.Equal(0, await CountAsync("purges"));
    }

    [Fact]
    public async Task Initialize_StaleImport_IsForgotten()
    {
        var tier = await OpenAsync();
        await tier.InitializeAsync(Cancel);
        await tier.Tidying.Running;
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var paused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var importing = tier.ImportAsync(Import(PausingAsync(paused, released.Task)), Cancel).AsTask();
        await paused.Task;
        var sessions = await CollectionAsync("sessions");
        Assert.Equal(1, await CountAsync("sessions"));
        await sessions.UpdateOneAsync(new BsonDocument(), new BsonDocument("$set", new BsonDocument("updated", DateTime.UnixEpoch)), cancellationToken: Cancel);

        var other = await OpenAsync();
        await other.InitializeAsync(Cancel);
        await other.Tidying.Running;

        foreach (var name in (string[])["sessions", "records", "purges"])
            Assert.Equal((name, 0), (name, await CountAsync(name)));
        released.SetResult();
        Assert.Equal(ColdCommitStatus.Conflict, (await importing).Status);
    }

    [Fact]
    public async Task Initialize_ManyProcessesAtOnce_AllOpenTheSameSchema()
    {
        var tiers = new List<MongoDbColdTier>();
        for (int i = 0; i < 12; i++)
            tiers.Add(await OpenAsync());

        await Task.WhenAll(tiers.Select(tier => tier.InitializeAsync(Cancel).AsTask()));

        await MustAsync(tiers[0], Creation(Patch(Set("a"))));
        Assert.True((await tiers[^1].ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Exists);
        Assert.Equal(1, await CountAsync("schema"));
    }

    [Fact]
    public async Task Initialize_NewerSchema_IsRefusedAndNotTouched()
    {
        var schema = await CollectionAsync("schema");
        await schema.InsertOneAsync(new BsonDocument { { "_id", "hybridstore" }, { "version", 99 } }, cancellationToken: Cancel);
        var tier = await OpenAsync();

        var refusal = await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.InitializeAsync(Cancel));

        Assert.Equal(StoreUnusableReason.NewerSchema, refusal.Reason);
        Assert.Equal(["hybridstore_schema"], await (await (await DatabaseAsync()).ListCollectionNamesAsync(cancellationToken: Cancel)).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Collections_NoneHasAnExpiry()
    {
        var tier = await OpenAsync();
        await MustAsync(tier, Creation(Patch(Set("a"))));

        foreach (var name in (string[])["schema", "sessions", "records", "data_keys", "tombstones", "purges", "history", "history_lives"])
        {
            var indexes = await (await (await CollectionAsync(name)).Indexes.ListAsync(Cancel)).ToListAsync(Cancel);
            Assert.NotEmpty(indexes);
            Assert.DoesNotContain(indexes, index => index.Contains("expireAfterSeconds"));
        }
    }

    [Fact]
    public async Task Leases_GoByTheServersClock()
    {
        var tier = await OpenAsync();
        var hello = await (await DatabaseAsync()).RunCommandAsync<BsonDocument>(new BsonDocument("hello", 1), cancellationToken: Cancel);
        var before = new DateTimeOffset(hello["localTime"].ToUniversalTime(), TimeSpan.Zero);

        var grant = await tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromMinutes(5), MayQueue: true), Cancel);

        Assert.InRange(grant.Until, before + TimeSpan.FromMinutes(5), before + TimeSpan.FromMinutes(9));
        Assert.Equal([true], await tier.Leases.RenewAsync([new LeaseRef(Session, grant.Epoch)], TimeSpan.FromHours(1), Cancel));
        Assert.Empty(await ToListAsync(tier.Leases.ListAheadAsync(unheldOnly: true, Cancel)));
        Assert.Single(await ToListAsync(tier.Leases.ListAheadAsync(unheldOnly: false, Cancel)));
        await (await CollectionAsync("sessions")).UpdateOneAsync(
            new BsonDocument(), new BsonDocument("$set", new BsonDocument("until", before.UtcDateTime)), cancellationToken: Cancel);
        Assert.Single(await ToListAsync(tier.Leases.ListAheadAsync(unheldOnly: true, Cancel)));
        Assert.Equal(grant.Epoch + 1, (await tier.Leases.AcquireAsync(new LeaseRequest(Session, "other", TimeSpan.FromMinutes(5), MayQueue: true), Cancel)).Epoch);
    }

    [Fact]
    public async Task Collections_OtherPrefix_IsAnotherStore()
    {
        var tier = await OpenAsync();
        await MustAsync(tier, Creation(Patch(Set("a"))));

        await using var other = new MongoDbColdTier(await DatabaseAsync(), new MongoDbColdTierOptions { CollectionPrefix = "other-" });

        Assert.Null((await other.ReadAsync(Session, [Record("a")], false, Cancel)).Head);
    }

    [Fact]
    public async Task ListSessions_ManyTenants_ComeOnceInOrderOverPages()
    {
        var tier = await OpenAsync();
        foreach (var tenant in (string[])["b", "a", "ab"])
        {
            for (int i = 0; i < 100; i++)
            {
                await MustAsync(tier, new ColdCommit
                {
                    Session = new AuthSessionId(tenant, $"{i:D3}"), Incarnation = 1, SealedWith = Key1.Id, NewDataKey = Key1, Patches = [Patch(Set("a"))],
                });
            }
        }

        var all = await ToListAsync(tier.ListSessionsAsync(null, Cancel));
        Assert.Equal(from tenant in (string[])["a", "ab", "b"] from i in Enumerable.Range(0, 100) select new AuthSessionId(tenant, $"{i:D3}"), all.Select(s => s.Id));
        Assert.Equal(100, (await ToListAsync(tier.ListSessionsAsync("a", Cancel))).Count(s => s.Id.Tenant == "a"));
    }

    private static async IAsyncEnumerable<SealedChange> PausingAsync(TaskCompletionSource paused, Task released)
    {
        for (int i = 0; i < 2_500; i++)
            yield return new SealedChange(new AuthKey("pre-key", $"{i:D6}"), new byte[10]);
        paused.SetResult();
        await released;
        yield return new SealedChange(new AuthKey("pre-key", "last"), new byte[10]);
    }

    private async Task<int> CountAsync(string name) => (int)await (await CollectionAsync(name)).CountDocumentsAsync(new BsonDocument(), cancellationToken: Cancel);
}
