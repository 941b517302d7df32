using System.Transactions;
using HybridStore.PostgreSql.Tests.Support;
using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.PostgreSql.Tests;

/// <summary>Connections that break, servers that hang, and what callers are told.</summary>
public sealed class PostgreSqlColdTierOutageTests : ColdTest
{
    public static TheoryData<CutPoint> CutPoints { get; } = [.. Enum.GetValues<CutPoint>().Where(c => c != CutPoint.Nowhere)];

    [Theory]
    [MemberData(nameof(CutPoints))]
    public async Task Commit_CutAtAnyPoint_IsOfUnknownOutcomeAndARepeatTells(CutPoint point)
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        var commit = Commit(Patch(Set("a", 2), Set("b", 2)));

        proxy.Cut = point;
        var unknown = await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await tier.CommitAsync(commit, Cancel));

        Assert.Equal((Session, commit.Patches[0].CommitId), (unknown.Session!.Value, unknown.CommitId));
        Assert.DoesNotContain(PostgreSqlServer.Password, unknown.ToString(), StringComparison.Ordinal);
        var after = await tier.ReadAsync(Session, [Record("a"), Record("b")], false, Cancel);
        Assert.Single(after.Records.Select(r => r.Exists ? r.Envelope.Span[0] == 2 : false).Distinct());
        var again = await tier.CommitAsync(commit, Cancel);
        Assert.Equal((after.Head!.Version == 2 ? ColdCommitStatus.Repeated : ColdCommitStatus.Committed, 2), (again.Status, again.Version));
        if (point is CutPoint.BeforeTheRequest)
            Assert.Equal(ColdCommitStatus.Committed, again.Status);
        if (point is CutPoint.BeforeTheTransactionIsOver)
            Assert.Equal(ColdCommitStatus.Repeated, again.Status);
    }

    [Theory]
    [MemberData(nameof(CutPoints))]
    public async Task Commits_GroupCutAtAnyPoint_EachIsToldOfItsOwn(CutPoint point)
    {
        var (tier, proxy) = await OpenBehindProxyAsync(o => o.MaxConcurrentWrites = 1);
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        proxy.Hangs = true;
        var first = tier.CommitAsync(Commit(Patch(Set("a"))), Cancel).AsTask();
        await Eventually.TrueAsync(() => Task.FromResult(tier.Store.Commits.Sent == 2), "the first commit on its way");
        var commits = Enumerable.Range(0, 5).Select(i => CreationOf(new AuthSessionId("t", $"{i}"), Patch(Set("a")))).ToList();
        var others = commits.Select(c => tier.CommitAsync(c, Cancel).AsTask()).ToList();
        proxy.Hangs = false;
        await first;
        proxy.Cut = point;

        for (var i = 0; i < others.Count; i++)
        {
            // The group may be through before it is cut: then the cut is of the repeats below.
            var outcome = await Record_(others[i]);
            Assert.True(outcome is null or CommitOutcomeUnknownException, $"{outcome}");
            if (outcome is CommitOutcomeUnknownException unknown)
                Assert.Equal((commits[i].Session, commits[i].Patches[0].CommitId), (unknown.Session!.Value, unknown.CommitId));
        }

        proxy.Cut = CutPoint.Nowhere;
        foreach (var commit in commits)
        {
            var again = await tier.CommitAsync(commit, Cancel);
            Assert.True(again.Status is ColdCommitStatus.Committed or ColdCommitStatus.Repeated && again.Version == 1);
        }

        static async Task<Exception?> Record_(Task task) => await Xunit.Record.ExceptionAsync(() => task);
    }

    [Fact]
    public async Task Read_OnAConnectionThatBroke_IsAnsweredOnAnother()
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);

        proxy.Cut = CutPoint.BeforeTheRow;

        Assert.True((await tier.ReadAsync(Session, [Record("a")], false, Cancel)).Records[0].Exists);
    }

    [Fact]
    public async Task Calls_ServerHangs_EndByTheDeadlineAndSayWhoDidNotAnswer()
    {
        await (await OpenAsync()).CommitAsync(Creation(Patch(Set("a"))), Cancel);
        var (tier, proxy) = await OpenBehindProxyAsync(o => o.OperationTimeout = TimeSpan.FromSeconds(2));
        proxy.Hangs = true;

        var reading = Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.ReadAsync(Session, [Record("a")], false, Cancel));
        var committing = Assert.ThrowsAnyAsync<AuthStoreException>(async () => await tier.CommitAsync(Commit(Patch(Set("a"))), Cancel));
        var deletion = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.DeleteSessionAsync(Session, Cancel));
        var read = await reading;

        // Unavailable if it did not even get a connection.
        Assert.True(await committing is CommitOutcomeUnknownException or StoreUnavailableException);
        Assert.Contains($"127.0.0.1:{proxy.Port}", read.Message, StringComparison.Ordinal);
        Assert.Equal("postgresql", deletion.Tier);
        proxy.Hangs = false;
        proxy.CutAll();
        await Eventually.TrueAsync(
            async () => await Xunit.Record.ExceptionAsync(async () => await tier.ReadAsync(Session, [Record("a")], false, Cancel)) is null, "an answer after it hung");
    }

    [Theory]
    [InlineData("statement_timeout", "57014")]
    [InlineData("lock_timeout", "55P03")]
    public async Task Commit_ServerGivesUpWaiting_IsUnavailableChangesNothingAndGoesOn(string setting, string sqlState)
    {
        var tier = await OpenAsync(o => o.Schema = Schema.Name, $"{await SharedServer.ConnectionStringAsync()};Options=-c {setting}=500ms");
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        var commit = Commit(Patch(Set("a", 2), Set("b", 2)));
        await using (var other = await (await SharedServer.SourceAsync()).OpenConnectionAsync(Cancel))
        await using (await other.BeginTransactionAsync(Cancel))
        {
            await using var locking = new NpgsqlCommand($"SELECT FROM {Schema.Name}.session FOR UPDATE", other);
            await locking.ExecuteNonQueryAsync(Cancel);

            var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.CommitAsync(commit, Cancel));

            Assert.True(error.IsTransient);
            Assert.Contains(sqlState, error.Message, StringComparison.Ordinal);
            var meanwhile = await tier.ReadAsync(Session, [Record("a"), Record("b")], false, Cancel);
            Assert.Equal((1L, (byte)1, false), (meanwhile.Head!.Version, meanwhile.Records[0].Envelope.Span[0], meanwhile.Records[1].Exists));
        }

        Assert.Equal((ColdCommitStatus.Committed, 2), await tier.CommitAsync(commit, Cancel) is var result ? (result.Status, result.Version) : default);
    }

    [Fact]
    public async Task Commit_CancelledOnItsWay_IsBroughtToItsEnd()
    {
        var (tier, proxy) = await OpenBehindProxyAsync(o => o.MaxConcurrentWrites = 1);
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        proxy.Hangs = true;
        var onItsWay = tier.CommitAsync(Commit(Patch(Set("b"))), cancellation.Token).AsTask();
        await Eventually.TrueAsync(() => Task.FromResult(tier.Store.Commits.Sent == 2), "the commit on its way");
        var waiting = tier.CommitAsync(Commit(Patch(Set("c"))), cancellation.Token).AsTask();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        proxy.Hangs = false;

        Assert.Equal((ColdCommitStatus.Committed, 2), await onItsWay is var result ? (result.Status, result.Version) : default);
        Assert.Equal(2, (await tier.ReadAsync(Session, [], false, Cancel)).Head!.Version);
    }

    [Fact]
    public async Task Read_Cancelled_SaysSo()
    {
        var (tier, proxy) = await OpenBehindProxyAsync();
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        proxy.Hangs = true;
        var reading = tier.ReadAsync(Session, [Record("a")], false, cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        proxy.Hangs = false;

        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal(cancellation.Token, cancelled.CancellationToken);
    }

    [Fact]
    public async Task Commit_WithinATransactionOfTheCaller_IsKeptThoughThatOneIsNot()
    {
        var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(await SharedServer.ConnectionStringAsync()) { Enlist = true });
        await using var tier = new PostgreSqlColdTier(source, Schema.Options);
        await tier.InitializeAsync(Cancel);
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            Assert.Equal(ColdCommitStatus.Committed, (await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel)).Status);
            await tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromHours(1), MayQueue: false), Cancel);
        }

        var read = await tier.ReadAsync(Session, [Record("a")], false, Cancel);
        Assert.Equal((1, 1, true), (read.Head!.Version, read.Head.Epoch, read.Records[0].Exists));
    }

    [Fact]
    public async Task Commits_BackendsTerminatedAgainAndAgain_AreKeptWhenAcknowledged()
    {
        var name = $"terminated {Guid.NewGuid():N}";
        var tier = await OpenAsync(o => o.Schema = Schema.Name, $"{await SharedServer.ConnectionStringAsync()};Application Name={name}");
        await tier.CommitAsync(Creation(Patch(Set("n", 0))), Cancel);
        long acknowledged = 1;
        var unknown = 0;

        for (var i = 0; i < 200; i++)
        {
            var killing = i % 10 == 5 ? Schema.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{name}'") : Task.FromResult<object?>(null);
            var commit = Commit(Patch(Set("n", (byte)i)));
            try
            {
                var result = await tier.CommitAsync(commit, Cancel);
                Assert.Equal((ColdCommitStatus.Committed, acknowledged + 1), (result.Status, result.Version));
            }
            catch (CommitOutcomeUnknownException)
            {
                unknown++;
                await killing;
                var again = await tier.CommitAsync(commit, Cancel);
                Assert.Equal(acknowledged + 1, again.Version);
            }

            acknowledged++;
            await killing;
        }

        Assert.Equal(acknowledged, (await tier.ReadAsync(Session, [], false, Cancel)).Head!.Version);
        Assert.True(unknown > 0, "No commit was ever hit.");
    }
}
