using HybridStore.Conformance;
using HybridStore.Redis.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.Redis.Tests.Connection;

/// <summary>What a server refuses is named, without secrets, with nothing changed.</summary>
public sealed class RedisRefusalTests : RedisTierTest
{
    private const string Records = "hybridstore:{clinic/reception}:r";
    private const string Outbox = "hybridstore:{clinic/reception}:o";
    private const string Secret = "hunter2-secret";

    [Fact]
    [Promise(12)]
    public async Task WrongType_UnderTheSessionsKey_IsNamed()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        server.Send("SET", Records, "somebody's");

        await RefusedAsync(tier, StoreUnusableReason.NotOurs, "of another type");

        Assert.Equal("somebody's", server.Send("GET", Records));
        Assert.Equal("1", server.Send("DBSIZE"));
    }

    [Fact]
    [Promise(12)]
    public async Task WrongType_UnderTheOutboxsKey_IsNamedBeforeAnythingIsChanged()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        await AdoptAsync(tier);
        server.Send("SET", Outbox, "somebody's");
        var before = server.Send("HGETALL", Records);

        var e = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.Outbox!.QueueAsync(Commit(Patch(2, Set("a", [1]))), Cancel));

        Assert.Equal(StoreUnusableReason.NotOurs, Assert.IsType<StoreUnusableException>(e.InnerException).Reason);
        Assert.Equal(before, server.Send("HGETALL", Records));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.Outbox!.ReadAsync(Session, 0, 1, Cancel));
    }

    [Theory]
    [InlineData("m", "2 0 0 0 0 0 from a newer version")]
    [InlineData("m", "1 0 broken")]
    [InlineData("other", "somebody's hash")]
    [Promise(12)]
    public async Task Foreign_HashUnderTheSessionsKey_IsNamed(string field, string value)
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        server.Send("HSET", Records, field, value);

        await RefusedAsync(tier, StoreUnusableReason.NotOurs, "did not write", reads: field != "m");

        Assert.Equal($"{field}\n{value}", server.Send("HGETALL", Records));
    }

    [Fact]
    [Promise(12)]
    public async Task Foreign_EntryInTheOutbox_IsNamed()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        await AdoptAsync(tier);
        server.Send("XADD", Outbox, "5-0", "h", "2 from a newer version");

        var e = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.Outbox!.ReadAsync(Session, 0, 1, Cancel));

        Assert.Equal(StoreUnusableReason.NotOurs, Assert.IsType<StoreUnusableException>(e.InnerException).Reason);
    }

    [Fact]
    [Promise(12)]
    public async Task OutOfMemory_IsNamedAndChangesNothing()
    {
        var server = await StartAsync("--maxmemory-policy", "noeviction");
        var tier = await OpenAsync(server.ConnectionString);
        await AdoptAsync(tier);
        var before = server.Send("HGETALL", Records);
        server.Send("CONFIG", "SET", "maxmemory", "1");

        await Refused(StoreUnusableReason.Full, "OOM", async () => await tier.Outbox!.QueueAsync(Commit(Patch(2, Set("a", [1]))), Cancel));
        await Refused(StoreUnusableReason.Full, "OOM", async () => await ApplyAsync(tier, 2, Session, Set("a", [1])));

        Assert.Equal(before, server.Send("HGETALL", Records));
        Assert.Equal("0", server.Send("EXISTS", Outbox));
        Assert.Equal(1, (await ReadAsync(tier)).Meta!.Version);
    }

    [Fact]
    [Promise(12)]
    public async Task ReadOnlyReplica_IsNamed_AndTheNextMasterIsFound()
    {
        var server = await StartAsync();
        var other = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        await ApplyAsync(tier, 1, Session, Set("a", [1]));
        server.Send("REPLICAOF", "127.0.0.1", other.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await ApplyAsync(tier, 2, Session, Set("a", [2])));

        server.Send("REPLICAOF", "NO", "ONE");
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    return await ApplyAsync(tier, 3, Session, Set("a", [3]));
                }
                catch (StoreUnavailableException)
                {
                    return false;
                }
            },
            "the server as a master again");
    }

    [Theory]
    [InlineData("")]
    [InlineData(",password=" + Secret + "-wrong")]
    [Promise(10)]
    public async Task Password_MissingOrWrong_IsNamedAndNeverShown(string option)
    {
        var server = await StartAsync("--requirepass", Secret);
        var tier = Begin(server.ConnectionString + option, o => o.OperationTimeout = TimeSpan.FromSeconds(5));

        StoreUnavailableException? e = null;
        await Eventually.TrueAsync(
            async () =>
            {
                e = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await ReadAsync(tier, A));

                return e.Message.Contains("password", StringComparison.Ordinal);
            },
            "the reason");

        Assert.DoesNotContain(Secret, e!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, (await tier.InspectAsync(Cancel)).Failure!, StringComparison.Ordinal);
        Assert.All(Log.Lines, l => Assert.DoesNotContain(Secret, l.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Password_Right_Works()
    {
        var server = await StartAsync("--requirepass", Secret);
        var tier = await OpenAsync($"{server.ConnectionString},password={Secret}");

        Assert.True(await ApplyAsync(tier, 1, Session, Set("a", [1])));
        Assert.All(Log.Lines, l => Assert.DoesNotContain(Secret, l.Text, StringComparison.Ordinal));
    }

    [Fact]
    [Promise(12)]
    public async Task UserWithoutTheRight_IsNamed()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        server.Send("ACL", "SETUSER", "default", "-hset");

        await Refused(StoreUnusableReason.ReadOnly, "NOPERM", async () => await ApplyAsync(tier, 1, Session, Set("a", [1])));

        Assert.Equal("0", server.Send("DBSIZE"));
    }

    [Fact]
    public async Task UserWhoMayNotPublish_StillCommits()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        server.Send("ACL", "SETUSER", "default", "-publish");

        Assert.True(await ApplyAsync(tier, 1, Session, Set("a", [1])));
    }

    private static async Task RefusedAsync(RedisHotTier tier, StoreUnusableReason reason, string says, bool reads = false)
    {
        if (!reads)
            await Refused(reason, "", async () => await ReadAsync(tier, A));
        await Refused(reason, says, async () => await ApplyAsync(tier, 1, Session, Set("a", [1])));
        await Refused(reason, says, async () => await tier.EvictAsync(Session, Cancel));
        await Refused(reason, says, async () => await tier.InstallEpochAsync(new LeaseRef(Session, 1), vouchesFor: TimeSpan.Zero, Cancel));
        await Refused(reason, says, async () => await tier.Outbox!.QueueAsync(Commit(Patch(2, Set("a", [1]))), Cancel));
        await Refused(reason, says, async () => await tier.Outbox!.DiscardAsync(new LeaseRef(Session, 1), 1, Cancel));
    }

    private static async Task Refused(StoreUnusableReason reason, string says, Func<Task> call)
    {
        var e = await Assert.ThrowsAsync<StoreUnavailableException>(call);
        Assert.Equal("redis", e.Tier);
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.Equal(reason, Assert.IsType<StoreUnusableException>(e.InnerException).Reason);
    }
}
