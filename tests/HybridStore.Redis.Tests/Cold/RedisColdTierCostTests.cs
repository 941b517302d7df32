using HybridStore.Tiers;

namespace HybridStore.Redis.Tests.Cold;

/// <summary>Cost follows the change, not the account.</summary>
public sealed class RedisColdTierCostTests : ColdTest
{
    [Fact]
    public async Task Calls_OnASession_AreOneRoundTripEach()
    {
        await StartAsync();
        var tier = Open();
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        await tier.ReadAsync(Session, [Record("a")], withDataKeys: true, Cancel);
        var lease = await tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromMinutes(1), MayQueue: true), Cancel);
        await tier.Leases.RenewAsync([new LeaseRef(Session, lease.Epoch)], TimeSpan.FromMinutes(1), Cancel);
        await tier.SummarizeAsync(Session, Cancel);
        using var client = Server.Connect();

        Assert.Equal(1, await RoundTripsAsync(async () => await tier.ReadAsync(Session, [Record("a")], withDataKeys: false, Cancel)));
        Assert.Equal(1, await RoundTripsAsync(async () => await tier.ReadAsync(Session, [.. Enumerable.Range(0, 10_000).Select(i => Record($"{i}"))], withDataKeys: true, Cancel)));
        Assert.Equal(1, await RoundTripsAsync(() => CommitAsync(Patch(Set("a")))));
        Assert.Equal(1, await RoundTripsAsync(() => CommitAsync(Patch([.. Enumerable.Range(0, 5_000).Select(i => Set($"{i}"))]), Patch(Set("b")))));
        Assert.Equal(1, await RoundTripsAsync(async () => await tier.Leases.RenewAsync([new LeaseRef(Session, lease.Epoch)], TimeSpan.FromMinutes(1), Cancel)));
        Assert.Equal(1, await RoundTripsAsync(async () => await tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromMinutes(1), MayQueue: true), Cancel)));
        Assert.Equal(1, await RoundTripsAsync(async () => await tier.SummarizeAsync(Session, Cancel)));

        async Task CommitAsync(params SealedPatch[] patches)
        {
            var result = await tier.CommitAsync(
                new ColdCommit { Session = Session, Incarnation = 1, Epoch = lease.Epoch, SealedWith = Key1.Id, Patches = patches }, Cancel);
            Assert.Equal(ColdCommitStatus.Committed, result.Status);
        }

        async Task<long> RoundTripsAsync(Func<Task> call)
        {
            var before = client.Calls("evalsha") + client.Calls("eval");
            await call();
            return client.Calls("evalsha") + client.Calls("eval") - before;
        }
    }

    [Fact]
    public async Task CommitAndRead_SessionOf100And20000_SameCommands()
    {
        await StartAsync();
        var tier = Open();

        var small = await CostsAsync(tier, 100);
        var large = await CostsAsync(tier, 20_000);

        Assert.Equal(small, large);
        Assert.All(small, cost => Assert.StartsWith("evalsha 1,", cost, StringComparison.Ordinal));
    }

    // A replaced record, a deleted one, one that is not there, ten at once, one that is expected at its version, and a read of three.
    private async Task<List<string>> CostsAsync(RedisColdTier tier, int records)
    {
        Server.Send("FLUSHALL");
        var id = CommitId.New();
        await tier.ImportAsync(Import(Records(records)), Cancel);
        SealedPatch[] patches =
        [
            Patch(Set("000050")),
            Patch(new SealedChange(Record("000060"), null)),
            Patch(new SealedChange(Record("never"), null)),
            Patch([.. Enumerable.Range(20, 10).Select(i => Set($"{i:D6}"))]),
            new SealedPatch { CommitId = id, Changes = [Set("000070")], Expectations = [new AuthExpectation(Record("000070"), 1)] },
        ];

        // Once before, so that the server knows the scripts.
        await tier.CommitAsync(Commit(Patch()), Cancel);
        await tier.ReadAsync(Session, [], withDataKeys: false, Cancel);
        var costs = new List<string>();
        foreach (var patch in patches)
        {
            Server.Send("CONFIG", "RESETSTAT");
            Assert.Equal(ColdCommitStatus.Committed, (await tier.CommitAsync(Commit(patch), Cancel)).Status);
            costs.Add(Commands());
        }

        Server.Send("CONFIG", "RESETSTAT");
        await tier.ReadAsync(Session, [Record("000050"), Record("000060"), Record("000090")], withDataKeys: true, Cancel);
        costs.Add(Commands());
        return costs;
    }

    // All commands that the server carried out, those within a script included; not what asks for it, nor what keeps the connection alive.
    private string Commands() => string.Join(
        ", ",
        Server.Send("INFO", "commandstats").Split('\n')
            .Where(static line => line.StartsWith("cmdstat_", StringComparison.Ordinal))
            .Select(static line => (Name: line["cmdstat_".Length..line.IndexOf(':', StringComparison.Ordinal)], Calls: line.Split('=', ',')[1]))
            .Where(static c => c.Name is not ("config|resetstat" or "info" or "ping" or "echo" or "get" or "config|get" or "select" or "subscribe" or "cluster|nodes" or "client|setname"))
            .OrderByDescending(static c => c.Name == "evalsha").ThenBy(static c => c.Name, StringComparer.Ordinal)
            .Select(static c => $"{c.Name} {c.Calls}").Append(""));
}
