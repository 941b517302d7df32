using HybridStore.PostgreSql.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.PostgreSql.Tests;

/// <summary>Commits of many sessions that share a transaction: none brings another down, and groups never wait for each other in a circle.</summary>
public sealed class PostgreSqlColdTierGroupCommitTests : ColdTest
{
    [Fact]
    public async Task Commits_OneOfAGroupIsRefusedByARuleOfTheDatabase_OthersAreKept()
    {
        var (tier, proxy) = await OpenBehindProxyAsync(o => o.MaxConcurrentWrites = 1);
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        await Schema.ExecuteAsync("ALTER TABLE hybridstore.record ADD CONSTRAINT no_bad CHECK (id <> 'bad')");

        var tasks = await TogetherAsync(tier, proxy, [.. Enumerable.Range(0, 10).Select(i => CreationOf(Of(i), Patch(Set(i == 4 ? "bad" : "good"))))]);

        for (var i = 0; i < tasks.Count; i++)
        {
            if (i == 4)
                Assert.Equal(StoreUnusableReason.NotOurs, (await Assert.ThrowsAsync<StoreUnusableException>(() => tasks[i])).Reason);
            else
                Assert.Equal((ColdCommitStatus.Committed, 1), await tasks[i] is var result ? (result.Status, result.Version) : default);
        }

        Assert.Null((await tier.ReadAsync(Of(4), [Record("bad")], false, Cancel)).Head);
    }

    [Fact]
    public async Task Commits_OneOfAGroupMeetsALockedSession_OthersDoNotWaitForIt()
    {
        var (tier, proxy) = await OpenBehindProxyAsync(o => o.MaxConcurrentWrites = 1);
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        await tier.CommitAsync(CreationOf(Of(4), Patch(Set("a"))), Cancel);
        await using var other = await (await SharedServer.SourceAsync()).OpenConnectionAsync(Cancel);
        await using var transaction = await other.BeginTransactionAsync(Cancel);
        await using (var command = other.CreateCommand())
        {
            command.CommandText = $"SELECT FROM {Schema.Name}.session WHERE tenant = 't' AND name = '4' FOR UPDATE";
            await command.ExecuteNonQueryAsync(Cancel);
        }

        var tasks = await TogetherAsync(tier, proxy, [.. Enumerable.Range(0, 10).Select(i => i == 4 ? CommitTo(Of(4), Patch(Set("b"))) : CreationOf(Of(i), Patch(Set("a"))))]);
        var results = await Task.WhenAll(tasks.Where((_, i) => i != 4));
        Assert.All(results, r => Assert.Equal(ColdCommitStatus.Committed, r.Status));
        Assert.False(tasks[4].IsCompleted);

        await transaction.RollbackAsync(Cancel);
        Assert.Equal((ColdCommitStatus.Committed, 2), await tasks[4] is var last ? (last.Status, last.Version) : default);
    }

    [Fact]
    public async Task Commits_OfManyProcessesToTheSameSessions_NeverDeadlock()
    {
        var tiers = new List<PostgreSqlColdTier>();
        for (var i = 0; i < 4; i++)
            tiers.Add(await OpenAsync(o => o.MaxConcurrentWrites = 4));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => tiers[0].CommitAsync(CreationOf(Of(i), Patch(Set("a"))), Cancel).AsTask()));
        var grants = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => tiers[0].Leases.AcquireAsync(new LeaseRequest(Of(i), "bot", TimeSpan.FromHours(1), MayQueue: false), Cancel).AsTask()));
        var before = await DeadlocksAsync();

        await Task.WhenAll(tiers.SelectMany((tier, t) => Enumerable.Range(0, 10).Select(worker => Task.Run(
            async () =>
            {
                var random = new Random((t * 100) + worker);
                for (var round = 0; round < 15; round++)
                {
                    await Task.WhenAll(Enumerable.Range(0, 20).OrderBy(_ => random.Next()).Take(8).Select(async i =>
                    {
                        var commit = new ColdCommit { Session = Of(i), Incarnation = 1, Epoch = 1, SealedWith = Key1.Id, Patches = [Patch(Set("a"), Set($"{worker}"))] };
                        Assert.Equal(ColdCommitStatus.Committed, (await tier.CommitAsync(commit, Cancel)).Status);
                    }));
                    if (worker == 0)
                        Assert.All(await tier.Leases.RenewAsync([.. Enumerable.Range(0, 20).OrderBy(_ => random.Next()).Select(i => new LeaseRef(Of(i), 1))], TimeSpan.FromHours(1), Cancel), Assert.True);
                }
            },
            Cancel))));

        Assert.All(grants, g => Assert.True(g.Granted));
        Assert.Equal(before, await DeadlocksAsync());
        var versions = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i => (await tiers[0].ReadAsync(Of(i), [], false, Cancel)).Head!.Version));
        Assert.Equal(20 + (4 * 10 * 15 * 8), versions.Sum());
    }

    private static AuthSessionId Of(int i) => new("t", $"{i}");

    private async Task<long> DeadlocksAsync() => (long)(await Schema.ExecuteAsync("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))!;

    // Sent as one group: a commit before them is held up until all of them wait.
    private static async Task<List<Task<ColdCommitResult>>> TogetherAsync(PostgreSqlColdTier tier, WireProxy proxy, IReadOnlyList<ColdCommit> commits)
    {
        var sent = tier.Store.Commits.Sent;
        proxy.Hangs = true;
        var first = tier.CommitAsync(Commit(Patch(Set("a"))), Cancel).AsTask();
        await Eventually.TrueAsync(() => Task.FromResult(tier.Store.Commits.Sent == sent + 1), "the first commit on its way");
        var tasks = commits.Select(c => tier.CommitAsync(c, Cancel).AsTask()).ToList();
        proxy.Hangs = false;
        await first;
        return tasks;
    }
}
