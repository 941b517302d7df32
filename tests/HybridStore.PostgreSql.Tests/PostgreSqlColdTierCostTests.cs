using HybridStore.PostgreSql.Engine;
using HybridStore.PostgreSql.Tests.Support;
using HybridStore.PostgreSql.Writing;
using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.PostgreSql.Tests;

/// <summary>What calls cost, in round trips and statements, as they are on the wire.</summary>
public sealed class PostgreSqlColdTierCostTests : ColdTest
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(300, 1)]
    [InlineData(1, 20)]
    public async Task Commit_OfAnySize_IsOneStatementInOneRoundTrip(int records, int patches)
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        proxy.Reset();

        var result = await tier.CommitAsync(Commit([.. Enumerable.Range(0, patches).Select(p => Patch([.. Enumerable.Range(0, records).Select(i => Set($"{p}/{i}"))]))]), Cancel);

        Assert.Equal((ColdCommitStatus.Committed, 1 + patches), (result.Status, result.Version));
        Assert.Equal((1, 1), (proxy.RoundTrips, proxy.Statements));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(200, true)]
    public async Task Read_OfAnySize_IsOneStatementInOneRoundTrip(int records, bool withDataKeys)
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        await tier.CommitAsync(Creation(Patch([.. Enumerable.Range(0, records).Select(i => Set($"{i}"))])), Cancel);
        await tier.ReadAsync(Session, [], false, Cancel);
        proxy.Reset();

        var read = await tier.ReadAsync(Session, [.. Enumerable.Range(0, records).Select(i => Record($"{i}"))], withDataKeys, Cancel);

        Assert.All(read.Records, r => Assert.True(r.Exists));
        Assert.Equal((1, 1), (proxy.RoundTrips, proxy.Statements));
    }

    [Fact]
    public async Task LeasesAndDeletions_AreOneStatementInOneRoundTripEach()
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        var grant = await tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromHours(1), MayQueue: true), Cancel);
        Assert.Equal((1, 1), (proxy.RoundTrips, proxy.Statements));

        await tier.Leases.RenewAsync([.. Enumerable.Range(0, 100).Select(i => new LeaseRef(new AuthSessionId("t", $"{i}"), 1)), new LeaseRef(Session, grant.Epoch)], TimeSpan.FromHours(1), Cancel);
        Assert.Equal((2, 2), (proxy.RoundTrips, proxy.Statements));

        await tier.Leases.ReleaseAsync(new LeaseRef(Session, grant.Epoch), drained: true, Cancel);
        Assert.Equal((3, 3), (proxy.RoundTrips, proxy.Statements));

        // Nothing of it is left to be removed: no purge follows.
        Assert.False((await tier.DeleteSessionAsync(new AuthSessionId("t", "never"), Cancel)).Existed);
        await tier.Store.Purge.Running;
        Assert.Equal((5, 5), (proxy.RoundTrips, proxy.Statements));
    }

    [Fact]
    public async Task Commits_OfManySessionsThatWait_ShareRoundTrips()
    {
        var (tier, proxy) = await OpenBehindProxyAsync(o => o.MaxConcurrentWrites = 1);
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        proxy.Reset();

        // The first time, the connection has the statements prepared.
        await CommitTogetherAsync(1);
        proxy.Reset();
        await CommitTogetherAsync(2);

        Assert.Equal(2, proxy.RoundTrips);

        // Each commit, and once how long a group waits for a lock.
        Assert.Equal(1 + 1 + 100, proxy.Statements);

        // The first is held up on its way; the others wait meanwhile.
        async Task CommitTogetherAsync(int version)
        {
            var sent = tier.Store.Commits.Sent;
            proxy.Hangs = true;
            var first = tier.CommitAsync(Commit(Patch(Set("a"))), Cancel).AsTask();
            await Eventually.TrueAsync(() => Task.FromResult(tier.Store.Commits.Sent == sent + 1), "the first commit on its way");
            var others = Enumerable.Range(0, 100).Select(i => tier.CommitAsync(CreationOf(new AuthSessionId("t", $"{i}"), Patch(Set("a"))), Cancel).AsTask()).ToList();
            proxy.Hangs = false;
            await first;
            Assert.All(await Task.WhenAll(others), r => Assert.Equal((ColdCommitStatus.Committed, version), (r.Status, r.Version)));
        }
    }

    [Fact]
    public async Task Commit_InALargeAccount_TouchesNoMoreThanInASmallOne()
    {
        var tier = await OpenAsync();
        await tier.ImportAsync(Import(Records(20_000)), Cancel);
        var small = new AuthSessionId("t", "small");
        await tier.CommitAsync(CreationOf(small, Patch([.. Enumerable.Range(0, 100).Select(i => Set($"{i:D6}"))])), Cancel);

        var touched = await RowsTouchedAsync(small);
        Assert.Equal((0, 1, 2, 1), (touched.Scanned, touched.Inserted, touched.Updated, touched.Deleted));
        Assert.Equal(touched, await RowsTouchedAsync(Session));
    }

    // As the server counts them within one transaction: rows read one after the other, found by an index, and changed.
    private async Task<(long Scanned, long Found, long Inserted, long Updated, long Deleted)> RowsTouchedAsync(AuthSessionId session)
    {
        var source = await SharedServer.SourceAsync();
        await using var database = new PostgreSqlDatabase(source, isShared: true, Schema.Options, TimeProvider.System);

        // Of its own: what a connection counted in an earlier transaction is told a while later.
        await using var connection = new NpgsqlConnection($"{await SharedServer.ConnectionStringAsync()};Pooling=false");
        await connection.OpenAsync(Cancel);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await using (var batch = new NpgsqlBatch(connection))
        {
            var expecting = new SealedPatch
            {
                CommitId = CommitId.New(), Changes = [Set("000001"), Set("new"), Delete("000002")], Expectations = [new AuthExpectation(Record("000003"), 1)],
            };
            CommitStatement.AddTo(batch, database, CommitTo(session, expecting, Patch(Set("000004"), Delete("never there"))), now: null);
            await batch.ExecuteNonQueryAsync(Cancel);
        }

        var read = Statement.Of(connection, database.Sql.Call("read_v1", 6)).Text(session.Tenant).Text(session.Session).Bytes(SessionNameHash.Compute(session));
        await read.Texts(["session", "session"]).Texts(["000001", "000050"]).Bool(true).RunAsync(Cancel);
        var count = Statement.Of(connection, $"SELECT seq_tup_read, idx_tup_fetch, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables WHERE relid = '{Schema.Name}.record'::regclass");
        return await count.SingleAsync(static row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)), Cancel);
    }
}
