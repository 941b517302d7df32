using HybridStore.Redis.Connection;
using HybridStore.Redis.Tests.Support;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace HybridStore.Redis.Tests.Connection;

/// <summary>How a server is set up, and what is said of it.</summary>
public sealed class RedisSettingsTests : RedisTierTest
{
    [Theory]
    [InlineData("yes", "always", true)]
    [InlineData("yes", "everysec", false)]
    [InlineData("no", "always", false)]
    public async Task KeepsEverything_OnlyWithEveryWriteOnDisk(string appendOnly, string sync, bool keeps)
    {
        var server = await StartAsync("--appendonly", appendOnly, "--appendfsync", sync);
        var tier = await OpenAsync(server.ConnectionString);

        Assert.Equal(keeps, (await tier.InspectAsync(Cancel)).KeepsEverything);
        Assert.Equal(keeps, tier.Outbox!.KeepsEverything);
        Assert.Equal(keeps, (await tier.InstallEpochAsync(new LeaseRef(Session, 1), vouchesFor: TimeSpan.FromMinutes(10), Cancel)).KeepsEverything);
    }

    [Fact]
    public async Task KeepsEverything_TheServerWasRestarted_IsNotForgottenWhileItsRunIsInDoubt()
    {
        var server = await StartAsync("--appendonly", "yes", "--appendfsync", "always");
        var tier = await OpenAsync(server.ConnectionString);
        await tier.InstallEpochAsync(new LeaseRef(Session, 1), vouchesFor: TimeSpan.FromMinutes(10), Cancel);

        await server.KillAsync();
        await Eventually.TrueAsync(async () => await Record.ExceptionAsync(async () => await ReadAsync(tier, A)) is not null, "the loss of the connection");

        Assert.True(tier.Outbox!.KeepsEverything);
    }

    /// <summary>While a server loads its AOF, it says that it has none.</summary>
    [Theory]
    [InlineData("loading:1\r\nasync_loading:0", true)]
    [InlineData("loading:0\r\nasync_loading:1", false)]
    public void Info_OfAServerThatLoads_SaysSo(string lines, bool loads) =>
        Assert.Equal(loads, ServerInfo.Parse($"run_id:a\r\naof_enabled:0\r\n{lines}\r\n")!.IsLoading);

    [Fact]
    public async Task KeepsEverything_WhereTheSettingsAreHidden_IsFalse()
    {
        var server = Keep(await RedisServer.StartDurableAsync("--rename-command", "CONFIG", ""));
        var tier = await OpenAsync(server.ConnectionString);

        var report = await tier.InspectAsync(Cancel);

        Assert.False(report.KeepsEverything);
        Assert.Empty(report.Findings);
        Assert.True(await ApplyAsync(tier, 1, Session, Set("a", [1])));
    }

    [Theory]
    [InlineData("allkeys-lru", true)]
    [InlineData("allkeys-random", true)]
    [InlineData("volatile-lru", false)]
    [InlineData("noeviction", false)]
    public async Task EvictionPolicy_ThatMayTakeTheOutbox_IsNamed(string policy, bool named)
    {
        var server = await StartAsync("--maxmemory", "100mb", "--maxmemory-policy", policy, "--appendonly", "yes", "--lazyfree-lazy-expire", "yes");
        var tier = await OpenAsync(server.ConnectionString);

        var report = await tier.InspectAsync(Cancel);

        Assert.Equal(named ? [RedisFindingKind.EvictsQueuedCommits] : [], report.Findings.Select(f => f.Kind));
        Assert.Equal(named, Log.Lines.Any(l => l.Level == LogLevel.Warning && l.Text.Contains(policy, StringComparison.Ordinal) && l.Text.Contains("Set maxmemory-policy", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("no", "", true, true)]
    [InlineData("no", "", false, false)]
    [InlineData("no", "3600 1", true, false)]
    [InlineData("yes", "", true, false)]
    public async Task Persistence_ThatIsOff_IsNamedWhereCommitsAreQueued(string appendOnly, string save, bool queues, bool named)
    {
        var server = await StartAsync("--appendonly", appendOnly, "--save", save, "--lazyfree-lazy-expire", "yes");
        var tier = await OpenAsync(server.ConnectionString, o => o.AllowQueueing = queues);

        Assert.Equal(named ? [RedisFindingKind.NotPersistent] : [], (await tier.InspectAsync(Cancel)).Findings.Select(f => f.Kind));
        Assert.Equal(queues, tier.Outbox is not null);
    }

    /// <summary>The driver's further rounds take as long again each, and cover up why the first one failed.</summary>
    [Fact]
    public void OwnConnection_BeginsWithOneRound()
    {
        var own = RedisOptionsParser.Own(ConfigurationOptions.Parse("localhost,connectRetry=5"), new RedisHotTierOptions());

        Assert.Equal(1, own.ConnectRetry);
        Assert.False(own.AbortOnConnectFail);
    }

    /// <summary>From 2.0 on the driver gives up an answer after five seconds by itself, whatever the tier's option says.</summary>
    [Theory]
    [InlineData("localhost", 30_000)]
    [InlineData("localhost,asyncTimeout=40000", 40_000)]
    public void OwnConnection_WaitsForAnswersAsLongAsTheTierDoes(string connectionString, int expected)
    {
        var timeout = typeof(ConfigurationOptions).GetProperty("AsyncTimeout");
        Assert.SkipWhen(timeout is null, "This version of StackExchange.Redis waits for answers as long as it takes.");

        var own = RedisOptionsParser.Own(ConfigurationOptions.Parse(connectionString), new RedisHotTierOptions { OperationTimeout = TimeSpan.FromSeconds(30) });

        Assert.Equal(expected, timeout.GetValue(own));
        Assert.Equal(5_000, own.SyncTimeout);
    }

    /// <summary>What is asked without a connection fails, and is not sent later, when nobody waits for it any more.</summary>
    [Fact]
    public void OwnConnection_KeepsNoBacklog()
    {
        var policy = typeof(ConfigurationOptions).GetProperty("BacklogPolicy");
        Assert.SkipWhen(policy is null, "This version of StackExchange.Redis has no backlog.");

        var own = RedisOptionsParser.Own(ConfigurationOptions.Parse("localhost"), new RedisHotTierOptions());

        var value = policy.GetValue(own)!;
        Assert.Equal(false, value.GetType().GetProperty("QueueWhileDisconnected")!.GetValue(value));
        Assert.Equal(true, value.GetType().GetProperty("AbortPendingOnConnectionFailure")!.GetValue(value));
    }

    [Fact]
    public async Task SlowExpiry_IsNamed()
    {
        var server = Keep(await RedisServer.StartDurableAsync("--lazyfree-lazy-expire", "no"));
        var tier = await OpenAsync(server.ConnectionString);

        Assert.Equal(RedisFindingKind.ExpiresSlowly, Assert.Single((await tier.InspectAsync(Cancel)).Findings).Kind);
    }

    [Fact]
    public async Task Refuse_UnsafeServer_ThrowsUntilItIsChanged()
    {
        var server = await StartAsync("--appendonly", "no");
        var tier = Begin(server.ConnectionString, o => o.UnsafeServer = UnsafeServer.Refuse);
        await Eventually.ConnectedAsync(tier);

        var e = await Assert.ThrowsAsync<StoreUnusableException>(async () => await ReadAsync(tier, A));
        Assert.Equal(StoreUnusableReason.Unsafe, e.Reason);
        Assert.Contains("appendonly yes", e.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.Outbox!.QueueAsync(Commit(Patch(2)), Cancel));
        Assert.Contains(Log.Lines, l => l.Name == "RedisRefused");
        Assert.Equal("0", server.Send("DBSIZE"));

        server.Send("CONFIG", "SET", "appendonly", "yes");
        Assert.DoesNotContain((await tier.InspectAsync(Cancel)).Findings, f => f.IsUnsafe);
        Assert.Null((await ReadAsync(tier, A)).Meta);
    }

    [Fact]
    public async Task Findings_AreToldOnceForARun()
    {
        var server = await StartAsync("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru");
        var tier = await OpenAsync(server.ConnectionString);

        for (var i = 0; i < 3; i++)
            await tier.InspectAsync(Cancel);

        Assert.Single(Log.Lines, l => l.Text.Contains("allkeys-lru", StringComparison.Ordinal));
        Assert.Single(Log.Lines, l => l.Name == "RedisConnected");
    }
}
