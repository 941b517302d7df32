using HybridStore.MongoDb.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.MongoDb.Tests;

/// <summary>Connections that break at each point, and servers that do not answer.</summary>
public sealed class MongoDbFaultTests : MongoDbTierTest
{
    public static TheoryData<string, int, bool> Points { get; } = new()
    {
        { "aggregate", 1, false }, { "aggregate", 1, true },
        { "update", 1, false }, { "update", 1, true },
        { "update", 2, false }, { "update", 2, true },
        { "delete", 1, false }, { "delete", 1, true },
        { "commitTransaction", 1, false }, { "commitTransaction", 1, true },
    };

    [Theory]
    [MemberData(nameof(Points))]
    public async Task Commit_ConnectionIsCutOnce_IsKeptOnce(string command, int occurrence, bool afterwards)
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        await MustAsync(tier, Creation(Patch(Set("a"), Set("b"))));
        int seen = 0;
        proxy.Decide = name => name == command && Interlocked.Increment(ref seen) == occurrence
            ? afterwards ? ProxyAction.CutAfter : ProxyAction.CutBefore
            : ProxyAction.Pass;

        var result = await tier.CommitAsync(Commit(Patch(Set("a", 2), new SealedChange(Record("b"), null))), Cancel);

        Assert.True(seen >= occurrence);
        Assert.True(result.Status is ColdCommitStatus.Committed or ColdCommitStatus.Repeated, $"{result.Status}");
        Assert.Equal(2, result.Version);
        var read = await tier.ReadAsync(Session, [Record("a"), Record("b")], false, Cancel);
        Assert.Equal((2, 2, 0), (read.Head!.Version, read.Records[0].Version, read.Records[1].Version));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Commit_NoAnswerToItsEnd_IsUnknownAndARepeatTells(bool wasCarriedOut)
    {
        var (tier, proxy) = await OpenBehindProxyAsync(TimeSpan.FromSeconds(3));
        await MustAsync(tier, Creation(Patch(Set("a"))));
        proxy.Decide = name => name != "commitTransaction" ? ProxyAction.Pass : wasCarriedOut ? ProxyAction.CutAfter : ProxyAction.CutBefore;
        var commit = Commit(Patch(Set("a", 2)));

        var unknown = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await tier.CommitAsync(commit, Cancel));

        Assert.Equal(commit.Patches[0].CommitId, unknown.CommitId);
        proxy.Decide = static _ => ProxyAction.Pass;
        var patient = await OpenAsync();
        var repeat = await patient.CommitAsync(commit, Cancel);
        Assert.Equal((wasCarriedOut ? ColdCommitStatus.Repeated : ColdCommitStatus.Committed, 2), (repeat.Status, repeat.Version));
        Assert.Equal(2, (await patient.ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Version);
    }

    [Fact]
    public async Task Commit_ServerHangsBeforeItsEnd_IsUnavailableAndChangesNothing()
    {
        var (tier, proxy) = await OpenBehindProxyAsync(TimeSpan.FromSeconds(2));
        await MustAsync(tier, Creation(Patch(Set("a"))));
        proxy.Decide = static name => name == "update" ? ProxyAction.Hang : ProxyAction.Pass;

        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.CommitAsync(Commit(Patch(Set("a", 2))), Cancel));

        proxy.Decide = static _ => ProxyAction.Pass;
        Assert.Equal(1, (await tier.ReadAsync(Session, [], false, Cancel)).Head!.Version);
    }

    [Fact]
    public async Task Read_ServerHangs_IsUnavailableAtTheDeadline()
    {
        var (tier, proxy) = await OpenBehindProxyAsync(TimeSpan.FromSeconds(1));
        await MustAsync(tier, Creation(Patch(Set("a"))));
        proxy.Decide = static name => name == "aggregate" ? ProxyAction.Hang : ProxyAction.Pass;

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.ReadAsync(Session, [Record("a")], false, Cancel));

        Assert.Equal("mongodb", failure.Tier);
        Assert.Contains("(read)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ConnectionsAreCut_GoesOnOverOthers()
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        await MustAsync(tier, Creation(Patch(Set("a"))));

        for (int i = 0; i < 5; i++)
        {
            proxy.Cut();
            Assert.True((await tier.ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Exists);
        }
    }

    [Fact]
    public async Task AnyCall_NoServer_IsUnavailableAndNeverAbsence()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        int port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var options = new MongoDbColdTierOptions { OperationTimeout = TimeSpan.FromSeconds(1) };
        await using var tier = new MongoDbColdTier($"mongodb://bot:secret@127.0.0.1:{port}/bots", options);

        Task[] calls =
        [
            tier.InitializeAsync(Cancel).AsTask(),
            tier.ReadAsync(Session, [Record("a")], true, Cancel).AsTask(),
            tier.CommitAsync(Creation(Patch(Set("a"))), Cancel).AsTask(),
            tier.DeleteSessionAsync(Session, Cancel).AsTask(),
            tier.Leases.RenewAsync([new LeaseRef(Session, 1)], TimeSpan.FromSeconds(1), Cancel).AsTask(),
            ToListAsync(tier.ListSessionsAsync(null, Cancel)),
            ToListAsync(tier.EnumerateAsync(Session, null, Cancel)),
        ];

        foreach (var call in calls)
        {
            var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => call);
            Assert.Contains($"127.0.0.1:{port}", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        }
    }

    /// <summary>A name that nobody has (RFC 6761).</summary>
    [Fact]
    public async Task AnyCall_HostDoesNotExist_IsUnavailableAndNamed()
    {
        var options = new MongoDbColdTierOptions { OperationTimeout = TimeSpan.FromSeconds(1) };
        await using var tier = new MongoDbColdTier("mongodb://bot:secret@no-such-host.invalid:27017/bots", options);

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.ReadAsync(Session, [Record("a")], false, Cancel));

        Assert.True(failure.IsTransient);
        Assert.Contains("no-such-host.invalid:27017", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyCall_CollectionsWereDropped_IsUnusableAndNeverAbsence()
    {
        var tier = await OpenAsync();
        await MustAsync(tier, Creation(Patch(Set("a"))));

        await (await SharedServer.ConnectAsync()).DropDatabaseAsync(DatabaseName, Cancel);

        var read = await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.ReadAsync(Session, [Record("a")], false, Cancel));
        Assert.Equal(StoreUnusableReason.NotFound, read.Reason);
        await Assert.ThrowsAsync<StoreUnusableException>(async () => await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel));
        await Assert.ThrowsAsync<StoreUnusableException>(() => ToListAsync(tier.ListSessionsAsync(null, Cancel)));
    }

    [Fact]
    public async Task Commits_WhileConnectionsAreCutAtRandom_AreEachKeptOnce()
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        await MustAsync(tier, Creation(Patch(Set("n", 0))));
        var random = new Random(7);
        proxy.Decide = _ =>
        {
            lock (random)
            {
                return random.Next(12) switch { 0 => ProxyAction.CutBefore, 1 => ProxyAction.CutAfter, _ => ProxyAction.Pass };
            }
        };

        for (int i = 1; i <= 40; i++)
        {
            var commit = Commit(Patch(Set("n", (byte)i)));
            Assert.Equal(i + 1, await CommitUntilKnownAsync(tier, commit));
        }

        proxy.Decide = static _ => ProxyAction.Pass;
        var read = await tier.ReadAsync(Session, [Record("n")], true, Cancel);
        Assert.Equal((41L, 41L, (byte)40), (read.Head!.Version, read.Records[0].Version, read.Records[0].Envelope.Span[0]));
        Assert.Equal(41, read.Commits.Count);
    }

    private static async Task<long> CommitUntilKnownAsync(MongoDbColdTier tier, ColdCommit commit)
    {
        while (true)
        {
            try
            {
                var result = await tier.CommitAsync(commit, Cancel);
                Assert.True(result.Status is ColdCommitStatus.Committed or ColdCommitStatus.Repeated, $"{result.Status}");
                return result.Version;
            }
            catch (AuthStoreException e) when (e.IsTransient)
            {
                // As a caller does.
            }
        }
    }
}
