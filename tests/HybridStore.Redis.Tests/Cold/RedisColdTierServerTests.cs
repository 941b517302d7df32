using System.Text;
using HybridStore.Tiers;

namespace HybridStore.Redis.Tests.Cold;

/// <summary>What stands on the server, and what becomes of the tier when the server restarts, stops or is full.</summary>
public sealed class RedisColdTierServerTests : ColdTest
{
    [Fact]
    public async Task Restart_DurableServer_KeepsEverything()
    {
        await StartDurableAsync();
        var tier = Open();
        var creation = Creation(Patch(Set("a", 7)));
        await tier.CommitAsync(creation, Cancel);
        var lease = await tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromHours(1), MayQueue: true), Cancel);
        await tier.DisposeAsync();

        await Server.RestartAsync();
        var again = Open();

        var read = await again.ReadAsync(Session, [Record("a")], withDataKeys: true, Cancel);
        Assert.Equal((1, (byte)7), (read.Head!.Version, read.Records[0].Envelope.Span[0]));
        Assert.Equal(Key1.Id, Assert.Single(read.DataKeys).Id);
        Assert.Equal(ColdCommitStatus.Repeated, (await again.CommitAsync(creation, Cancel)).Status);
        Assert.Equal([true], await again.Leases.RenewAsync([new LeaseRef(Session, lease.Epoch)], TimeSpan.FromHours(1), Cancel));
        Assert.Single(await ToListAsync(again.ListSessionsAsync(null, Cancel)));
    }

    [Fact]
    public async Task Scripts_AreFlushed_AreSentAgain()
    {
        await StartAsync();
        var tier = Open();
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        Assert.Equal(2, (await tier.CommitAsync(Commit(Patch(Set("a"))), Cancel)).Version);

        for (var version = 3; version < 6; version++)
        {
            Server.Send("SCRIPT", "FLUSH");
            Assert.Equal(version, (await tier.CommitAsync(Commit(Patch(Set("a"))), Cancel)).Version);
            Assert.Equal(version, (await tier.ReadAsync(Session, [], false, Cancel)).Head!.Version);
        }
    }

    [Fact]
    public async Task Lease_WithoutATestsClock_GoesByTheServersTime()
    {
        await StartAsync();
        var tier = Open();
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);

        var before = ServerTime();
        var grant = await tier.Leases.AcquireAsync(new LeaseRequest(Session, "one", TimeSpan.FromHours(1), MayQueue: false), Cancel);
        Assert.InRange(grant.Until, before.AddHours(1), ServerTime().AddHours(1));
        Assert.Equal("one", (await tier.Leases.AcquireAsync(new LeaseRequest(Session, "two", TimeSpan.FromHours(1), MayQueue: false), Cancel)).Holder);

        // One that is over before anybody can ask for it.
        await tier.Leases.RenewAsync([new LeaseRef(Session, grant.Epoch)], TimeSpan.FromMilliseconds(1), Cancel);
        await Support.Eventually.TrueAsync(
            async () => (await tier.Leases.AcquireAsync(new LeaseRequest(Session, "two", TimeSpan.FromHours(1), MayQueue: false), Cancel)).Granted, "the lease's end");
        Assert.InRange((await tier.ReadAsync(Session, [], false, Cancel)).Head!.CreatedAt, before.AddHours(-1), ServerTime());
    }

    [Fact]
    public async Task Keys_OfLivingAndDeletedSessions_HaveNoExpiryAndShareASlot()
    {
        await StartAsync();
        var tier = Open();
        await tier.CommitAsync(CreationOf(new AuthSessionId("t", "committed"), Patch(Set("a"))), Cancel);
        await tier.ImportAsync(Import(Records(2_500)), Cancel);
        await tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromHours(1), MayQueue: true), Cancel);

        using var client = Server.Connect();
        Assert.Equal(15, AllKeys().Length);
        Assert.All(AllKeys(), key => Assert.Equal("-1", client.Send("TTL", key)));
        var bucket = ((string)Keys.Head!)[..((string)Keys.Head!).IndexOf('}', StringComparison.Ordinal)];
        Assert.Equal(8, AllKeys().Count(key => key.StartsWith(bucket, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Release_Drained_LeavesTheListOfThoseThatAreAhead()
    {
        await StartAsync();
        var tier = Open();
        var lease = await tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromHours(1), MayQueue: true), Cancel);
        Assert.Equal("1", Server.Send("ZCARD", (string)Keys.Ahead!));

        await tier.Leases.ReleaseAsync(new LeaseRef(Session, lease.Epoch), drained: false, Cancel);
        Assert.Equal("1", Server.Send("ZCARD", (string)Keys.Ahead!));

        var next = await tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromHours(1), MayQueue: false), Cancel);
        await tier.Leases.ReleaseAsync(new LeaseRef(Session, next.Epoch), drained: true, Cancel);
        Assert.Equal([(string)Keys.Head!], AllKeys());
    }

    [Fact]
    public async Task Delete_Session_LeavesNothingOnTheServerThatTellsItsName()
    {
        await StartDurableAsync();
        var tier = Open();
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        await tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromHours(1), MayQueue: true), Cancel);
        Assert.Contains("reception", Everything(), StringComparison.Ordinal);

        await tier.DeleteSessionAsync(Session, Cancel);

        Assert.DoesNotContain("reception", Everything(), StringComparison.Ordinal);
        Assert.DoesNotContain("clinic", Everything(), StringComparison.Ordinal);
        Assert.Equal([(string)Keys.Head!], AllKeys());
    }

    [Fact]
    public async Task Import_UnderWay_IsStagedUnderKeysThatExpireAndGoWhenItEnds()
    {
        await StartAsync();
        var tier = Open();
        var failure = new FormatException("a broken file");

        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(async () => await tier.ImportAsync(Import(Looking()), Cancel)));

        Assert.Empty(AllKeys());

        async IAsyncEnumerable<SealedChange> Looking()
        {
            await foreach (var record in Records(1_500))
                yield return record;
            using var client = Server.Connect();
            Assert.Equal(3, AllKeys().Length);
            Assert.All(AllKeys(), key => Assert.True(long.Parse(client.Send("PTTL", key), null) > 0, key));
            throw failure;
        }
    }

    [Fact]
    public async Task Import_WhatWasStagedIsGone_IsRefusedAndNothingIsThere()
    {
        await StartAsync();
        var tier = Open();

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.ImportAsync(Import(Losing()), Cancel));

        Assert.Null((await tier.ReadAsync(Session, [], false, Cancel)).Head);
        Assert.Empty(AllKeys());
        Assert.Equal(ColdCommitStatus.Committed, (await tier.ImportAsync(Import(Records(2_500)), Cancel)).Status);

        async IAsyncEnumerable<SealedChange> Losing()
        {
            await foreach (var record in Records(1_500))
                yield return record;
            foreach (var key in AllKeys())
                Server.Send("DEL", key);
        }
    }

    [Fact]
    public async Task Call_ServerDoesNotAnswer_IsUnavailableAndACommitsOutcomeIsUnknown()
    {
        await StartAsync();
        var tier = Open(o => o.OperationTimeout = TimeSpan.FromSeconds(2));
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        await tier.CommitAsync(Commit(Patch(Set("a"))), Cancel);
        await tier.ReadAsync(Session, [], false, Cancel);
        var commit = Commit(Patch(Set("a", 9)));

        // Scripts wait, what asks whether the server lives does not.
        Server.Send("CLIENT", "PAUSE", "600000", "WRITE");
        var unknown = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await tier.CommitAsync(commit, Cancel));
        Assert.Equal(commit.Patches[0].CommitId, unknown.CommitId);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.ReadAsync(Session, [], false, Cancel));

        Server.Send("CLIENT", "UNPAUSE");
        await Support.Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    return (await tier.CommitAsync(commit, Cancel)).Status is ColdCommitStatus.Repeated or ColdCommitStatus.Committed;
                }
                catch (AuthStoreException)
                {
                    return false;
                }
            },
            "the answer");
        Assert.Equal(3, (await tier.ReadAsync(Session, [], false, Cancel)).Head!.Version);
    }

    [Fact]
    public async Task Call_NoServer_IsUnavailableAndNothingIsUnknown()
    {
        var tier = Open(o => o.OperationTimeout = TimeSpan.FromMilliseconds(300), server: "127.0.0.1:1");

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.InitializeAsync(Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.ReadAsync(Session, [Record("a")], false, Cancel));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await ToListAsync(tier.ListSessionsAsync(null, Cancel)));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.Leases.RenewAsync([new LeaseRef(Session, 1)], TimeSpan.FromMinutes(1), Cancel));
    }

    [Fact]
    public async Task Commit_NoRoom_IsFullAndChangesNothing()
    {
        await StartAsync("--maxmemory-policy", "noeviction");
        var tier = Open();
        await tier.CommitAsync(Creation(Patch(Set("a", 1))), Cancel);
        Server.Send("CONFIG", "SET", "maxmemory", "1");

        // One that also deletes: a deletion alone would find room.
        var patch = Patch(Set("b", 2), new SealedChange(Record("a"), null));
        var full = await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.CommitAsync(Commit(patch), Cancel));

        Assert.Equal(StoreUnusableReason.Full, full.Reason);
        await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.ImportAsync(
            new ColdImport { Session = new("t", "i"), Incarnation = 1, CommitId = CommitId.New(), DataKey = Key1, Records = Records(10) }, Cancel));
        var read = await tier.ReadAsync(Session, [Record("a"), Record("b")], false, Cancel);
        Assert.Equal((1, true, false), (read.Head!.Version, read.Records[0].Exists, read.Records[1].Exists));
        Server.Send("CONFIG", "SET", "maxmemory", "0");
        Assert.Equal(2, (await tier.CommitAsync(Commit(patch), Cancel)).Version);
    }

    [Fact]
    public async Task Call_SomethingElseUnderTheKey_IsNotOurs()
    {
        await StartAsync();
        var tier = Open();
        Server.Send("SET", (string)Keys.Head!, "another program's");

        Assert.Equal(StoreUnusableReason.NotOurs, (await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.ReadAsync(Session, [], false, Cancel))).Reason);
        Assert.Equal(StoreUnusableReason.NotOurs, (await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel))).Reason);
        Assert.Equal("another program's", Server.Send("GET", (string)Keys.Head!));
    }

    [Fact]
    public async Task ListSessions_ThousandsOverManyPagesOfEachBucket_AllComeInOrder()
    {
        const int Count = 6_000;
        await StartAsync();
        var tier = Open();
        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => tier.CommitAsync(CreationOf(new AuthSessionId("t", $"{i:D5}"), Patch()), Cancel).AsTask()));

        var sessions = await ToListAsync(tier.ListSessionsAsync(null, Cancel));

        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"{i:D5}"), sessions.Select(s => s.Id.Session));
        Assert.Equal(Count, (await ToListAsync(tier.ListSessionsAsync("t", Cancel))).Count);
    }

    private DateTimeOffset ServerTime()
    {
        var parts = Server.Send("TIME").Split('\n');
        return DateTimeOffset.FromUnixTimeMilliseconds((long.Parse(parts[0], null) * 1000) + (long.Parse(parts[1], null) / 1000));
    }

    // Every key and value as text, bytes that are none left as they come.
    private string Everything()
    {
        using var client = Server.Connect();
        var all = new StringBuilder();
        foreach (var key in AllKeys())
        {
            all.Append(key).Append(' ').AppendLine(client.Send("TYPE", key) switch
            {
                "hash" => client.Send("HGETALL", key),
                "zset" => client.Send("ZRANGE", key, "0", "-1"),
                "list" => client.Send("LRANGE", key, "0", "-1"),
                _ => client.Send("GET", key),
            });
        }

        return all.ToString();
    }
}
