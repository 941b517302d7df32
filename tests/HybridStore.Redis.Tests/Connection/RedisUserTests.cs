using HybridStore.Conformance;
using HybridStore.Redis.Tests.Support;

namespace HybridStore.Redis.Tests.Connection;

/// <summary>Users of a server, with a name, a password and rights of their own.</summary>
public sealed class RedisUserTests : RedisTierTest
{
    private const string Secret = "hunter2-secret";

    // As docs/redis.md says that it is enough.
    private static readonly string[] Enough =
        ["~hybridstore:*", "&hybridstore:*", "+@read", "+@write", "+@scripting", "+@pubsub", "+@connection", "+info", "+time", "+config|get"];

    [Fact]
    public async Task User_WithTheRightsThatAreEnough_Works()
    {
        Client.Needs(2, "The name of a user");
        var server = await StartDurableAsync();
        var tier = await OpenAsync(User(server, Enough));
        await AdoptAsync(tier);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listening = await tier.Changes!.SubscribeAsync(Session, _ => told.TrySetResult(), Cancel);

        Assert.Equal(HybridStore.Tiers.HotQueueStatus.Queued, (await tier.Outbox!.QueueAsync(Commit(Patch(2, Set("a", [1]))), Cancel)).Status);
        Assert.Single(await tier.Outbox.ReadAsync(Session, 0, 10, Cancel));
        Assert.Equal(2, (await ReadAsync(tier, A)).Meta!.Version);
        Assert.True(tier.Outbox.KeepsEverything);
        await told.Task.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Cancel);
        await tier.EvictAsync(Session, Cancel);
        Assert.Equal("bot", server.Send("CLIENT", "LIST").Split('\n').First(l => l.Contains("name=hybridstore", StringComparison.Ordinal)).Split("user=")[1].Split(' ')[0]);
        Assert.All(Log.Lines, l => Assert.DoesNotContain(Secret, l.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task User_ColdWithTheRightsThatAreEnough_Works()
    {
        Client.Needs(2, "The name of a user");
        var server = await StartDurableAsync();
        var tier = Keep(new RedisColdTier(User(server, Enough), new RedisColdTierOptions { OperationTimeout = TimeSpan.FromSeconds(30) }));

        await tier.InitializeAsync(Cancel);

        Assert.Null((await tier.ReadAsync(Session, [A], withDataKeys: false, Cancel)).Head);
    }

    [Theory]
    [InlineData("password=hunter2-secret-wrong,user=bot")]
    [InlineData("password=hunter2-secret,user=nobody")]
    [Promise(10)]
    public async Task User_WrongNameOrPassword_IsNamedAndNeverShown(string login)
    {
        Client.Needs(2, "The name of a user");
        var server = await StartAsync();
        User(server, Enough);
        server.Send("ACL", "SETUSER", "default", "off");
        var tier = Begin($"{server.ConnectionString},{login}");

        StoreUnavailableException? e = null;
        await Eventually.TrueAsync(
            async () =>
            {
                e = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await ReadAsync(tier, A));
                return e.Message.Contains("password or user", StringComparison.Ordinal);
            },
            "the reason");

        Assert.DoesNotContain(Secret, e!.ToString(), StringComparison.Ordinal);
        Assert.All(Log.Lines, l => Assert.DoesNotContain(Secret, l.Text, StringComparison.Ordinal));
    }

    /// <summary>Without these nothing works, and each call says what is lacking.</summary>
    [Theory]
    [InlineData("-info", true)]
    [InlineData("-script", true)]
    [InlineData("-info", false)]
    [InlineData("-script", false)]
    [Promise(12)]
    public async Task User_WhoLacksWhatTheStartNeeds_IsNamed(string right, bool named)
    {
        var server = await StartDurableAsync();
        var tier = Begin(Login(server, named, right));

        await Eventually.TrueAsync(() => RefusedAsync(async () => await ReadAsync(tier, A)), "that it is refused");
        Assert.True(await RefusedAsync(async () => await ApplyAsync(tier, 1, Session, Set("a", [1]))));
        Assert.Contains("NOPERM", (await tier.InspectAsync(Cancel)).Failure, StringComparison.Ordinal);
    }

    /// <summary>Reads work without the rights to write, and the other way round.</summary>
    [Theory]
    [InlineData("-evalsha", true)]
    [InlineData("-hmget", true)]
    [InlineData("-evalsha", false)]
    [InlineData("-hmget", false)]
    [Promise(12)]
    public async Task User_WhoLacksACommand_IsNamedWhereItIsNeeded(string right, bool named)
    {
        var server = await StartDurableAsync();
        var tier = await OpenAsync(Login(server, named, right));
        async Task Read() => await ReadAsync(tier, A);
        async Task Write() => await ApplyAsync(tier, 1, Session, Set("a", [1]));
        var (lacks, has) = right == "-hmget" ? ((Func<Task>)Read, (Func<Task>)Write) : (Write, Read);

        Assert.True(await RefusedAsync(lacks));
        await has();
    }

    /// <summary>A server that does not tell how it is set up counts as one that may lose something, and is used.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task User_WhoMayNotReadTheSettings_WorksAndKeepsNothingForSure(bool named)
    {
        var server = await StartDurableAsync();
        var tier = await OpenAsync(Login(server, named, "-config"));

        Assert.True(await ApplyAsync(tier, 1, Session, Set("a", [1])));
        Assert.False(tier.Outbox!.KeepsEverything);
    }

    /// <summary>The connection string of a user with all rights but one: one with a name, or the one that everybody is.</summary>
    private static string Login(RedisServer server, bool named, string lacks)
    {
        if (named)
        {
            Client.Needs(2, "The name of a user");
            return User(server, "~*", "&*", "+@all", lacks);
        }

        server.Send("ACL", "SETUSER", "default", lacks);
        return server.ConnectionString;
    }

    private static string User(RedisServer server, params string[] rights)
    {
        server.Send(["ACL", "SETUSER", "bot", "on", $">{Secret}", .. rights]);
        return $"{server.ConnectionString},user=bot,password={Secret}";
    }

    private static async Task<bool> RefusedAsync(Func<Task> call)
    {
        var e = await Assert.ThrowsAsync<StoreUnavailableException>(call);
        Assert.DoesNotContain(Secret, e.ToString(), StringComparison.Ordinal);
        if (e.InnerException is not StoreUnusableException unusable)
            return false;
        Assert.Equal(StoreUnusableReason.ReadOnly, unusable.Reason);
        Assert.Contains("NOPERM", e.Message, StringComparison.Ordinal);
        return true;
    }
}
