using System.Globalization;
using HybridStore.Conformance;
using HybridStore.Redis.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.Redis.Tests.Hot;

/// <summary>Sessions leave Redis when they are idle, and never while something may wait in it.</summary>
public sealed class RedisExpiryTests : RedisTierTest
{
    private const string Records = "hybridstore:{clinic/reception}:r";
    private const string Outbox = "hybridstore:{clinic/reception}:o";
    private static readonly TimeSpan Idle = TimeSpan.FromDays(7);

    [Fact]
    [Promise(7)]
    public async Task Expiry_IsSetOnlyWhileNothingMayBeQueued()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        await ApplyAsync(tier, 1, Session, Set("a", [1]));
        AssertExpires(server);

        Assert.True((await tier.InstallEpochAsync(new LeaseRef(Session, 1), vouchesFor: TimeSpan.Zero, Cancel)).Installed);
        AssertStays(server);
        await AdoptAsync(tier);
        await tier.Outbox!.QueueAsync(Commit(Patch(2, Set("a", [2])), Patch(3, Set("a", [3]))), Cancel);
        AssertStays(server);
        await tier.Outbox.ReleaseAsync(new LeaseRef(Session, 1), Cancel);
        AssertStays(server);
        await tier.EvictAsync(Session, Cancel);
        AssertStays(server);
        await tier.Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, 2, Cancel);
        AssertStays(server);

        await tier.Outbox.AcknowledgeAsync(new LeaseRef(Session, 1), 1, 3, Cancel);
        AssertExpires(server);
        Assert.Equal("0", server.Send("EXISTS", Outbox));
    }

    [Fact]
    public async Task Expiry_IsRenewedByCommits_ButNotByEach()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString);
        await ApplyAsync(tier, 1, Session, Set("a", [1]));
        await ApplyAsync(tier, 2, Session, Set("a", [2]));
        using var client = server.Connect();
        Assert.Equal(1, client.Calls("pexpire"));

        client.Send("PEXPIRE", Records, "100000");
        await ApplyAsync(tier, 3, Session, Set("a", [3]));

        AssertExpires(server);
    }

    [Fact]
    public async Task Never_SetsNone()
    {
        var server = await StartAsync();
        var tier = await OpenAsync(server.ConnectionString, o => o.IdleExpiry = TimeSpan.Zero);
        await tier.EvictAsync(Session, Cancel);
        // A generation alone is not kept for ever.
        Assert.InRange(Left(server), TimeSpan.FromHours(23), TimeSpan.FromHours(24));

        await ApplyAsync(tier, 1, Session, Set("a", [1]));

        Assert.Equal("-1", server.Send("PTTL", Records));
    }

    private static TimeSpan Left(RedisServer server) => TimeSpan.FromMilliseconds(long.Parse(server.Send("PTTL", Records), CultureInfo.InvariantCulture));

    private static void AssertExpires(RedisServer server) => Assert.InRange(Left(server), Idle - TimeSpan.FromMinutes(10), Idle);

    private static void AssertStays(RedisServer server)
    {
        Assert.Equal("-1", server.Send("PTTL", Records));
        Assert.Contains(server.Send("PTTL", Outbox), (string[])["-1", "-2"]);
    }
}
