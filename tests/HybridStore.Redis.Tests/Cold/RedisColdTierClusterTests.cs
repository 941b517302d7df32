using HybridStore.Tiers;

namespace HybridStore.Redis.Tests.Cold;

/// <summary>A cluster refuses a script whose keys are of several slots: no call has such.</summary>
public sealed class RedisColdTierClusterTests : ColdTest
{
    [Fact]
    public async Task EveryCall_OnACluster_IsOfOneSlot()
    {
        await StartAsync("--cluster-enabled", "yes");
        Server.Send("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        await Support.Eventually.TrueAsync(() => Server.Send("CLUSTER", "INFO").Contains("cluster_state:ok", StringComparison.Ordinal), "the cluster");
        var tier = Open();
        AuthSessionId[] sessions = [.. Enumerable.Range(0, 40).Select(i => new AuthSessionId("t", $"{i:D2}"))];

        foreach (var session in sessions)
            Assert.Equal(ColdCommitStatus.Committed, (await tier.CommitAsync(CreationOf(session, Patch(Set("a"))), Cancel)).Status);
        Assert.Equal(ColdCommitStatus.Committed, (await tier.ImportAsync(Import(Records(1_500)), Cancel)).Status);
        var leases = new List<LeaseRef>();
        foreach (var session in sessions)
            leases.Add(new LeaseRef(session, (await tier.Leases.AcquireAsync(new LeaseRequest(session, "bot", TimeSpan.FromHours(1), MayQueue: true), Cancel)).Epoch));

        Assert.All(await tier.Leases.RenewAsync(leases, TimeSpan.FromHours(1), Cancel), Assert.True);
        Assert.Equal(sessions, (await ToListAsync(tier.Leases.ListAheadAsync(unheldOnly: false, Cancel))).Select(s => s.Id));
        Assert.True(await tier.Leases.ReleaseAsync(leases[0], drained: true, Cancel));
        Assert.Equal([Session, .. sessions], (await ToListAsync(tier.ListSessionsAsync(null, Cancel))).Select(s => s.Id));
        Assert.Equal(1_500, (await ToListAsync(tier.EnumerateAsync(Session, null, Cancel))).Count);
        Assert.Equal(1_500, (await tier.SummarizeAsync(Session, Cancel))!.Value.Types.Single().Records);
        Assert.True((await tier.ReadAsync(Session, [Record("000001")], withDataKeys: true, Cancel)).Records[0].Exists);
        Assert.True((await tier.DeleteSessionAsync(sessions[1], Cancel)).Existed);
        Assert.Equal([Session, sessions[0], .. sessions.Skip(2)], (await ToListAsync(tier.ListSessionsAsync(null, Cancel))).Select(s => s.Id));
    }
}
