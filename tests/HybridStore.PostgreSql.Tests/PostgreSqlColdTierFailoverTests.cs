using System.Globalization;
using HybridStore.PostgreSql.Tests.Support;
using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.PostgreSql.Tests;

/// <summary>The server that takes writes is another one, or none for a while.</summary>
public sealed class PostgreSqlColdTierFailoverTests : ColdTest
{
    private const int Sessions = 4;
    private static readonly string[] Ids = ["a", "b", "c"];

    [Fact]
    public async Task Commits_PrimaryGoesAwayAndItsStandbyIsPromoted_AreKeptAndGoOn()
    {
        var (primary, standby) = await StartPairAsync();
        var tier = await OpenAsync(connectionString: BothHosts(primary, standby));
        var kept = new long[Sessions];
        var refusals = 0;
        using var enough = new CancellationTokenSource();
        var committing = Task.WhenAll(Enumerable.Range(0, Sessions).Select(i => Task.Run(() => CommitUntilAsync(i), Cancel)));
        await KeptAsync(5);

        await primary.StopAsync();
        await Eventually.TrueAsync(() => Task.FromResult(Volatile.Read(ref refusals) > 0 || committing.IsFaulted), "a commit that is refused");

        // The standby answers, and takes no writes yet; what it has may be old.
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.ReadAsync(Of(0), [Record("a")], false, Cancel));
        await standby.PromoteAsync();
        await KeptAsync(kept.Max() + 5);
        await enough.CancelAsync();
        await committing;

        for (var i = 0; i < Sessions; i++)
        {
            var read = await tier.ReadAsync(Of(i), [.. Ids.Select(Record)], false, Cancel);
            Assert.Equal(kept[i], read.Head!.Version);
            Assert.All(read.Records, r => Assert.Equal((kept[i], (byte)kept[i]), (r.Version, r.Envelope.Span[0])));
        }

        Task KeptAsync(long version) => Eventually.TrueAsync(
            () => Task.FromResult(committing.IsFaulted || kept.All(k => Volatile.Read(ref k) >= version)), $"version {version} of every session");

        async Task CommitUntilAsync(int i)
        {
            while (!enough.IsCancellationRequested)
            {
                var commit = kept[i] == 0 ? CreationOf(Of(i), Fill(1)) : CommitTo(Of(i), Fill(kept[i] + 1));
                while (await Xunit.Record.ExceptionAsync(async () => Assert.Equal(kept[i] + 1, (await tier.CommitAsync(commit, Cancel)).Version)) is { } error)
                {
                    Assert.True(error is AuthStoreException { IsTransient: true }, $"{error}");
                    Interlocked.Increment(ref refusals);
                    await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
                }

                Volatile.Write(ref kept[i], kept[i] + 1);
            }
        }
    }

    [Fact]
    public async Task Commit_SynchronousStandbyDoesNotAnswer_IsNotToldAsKeptUntilItDoes()
    {
        var (primary, standby) = await StartPairAsync();
        var tier = await OpenAsync(o => o.OperationTimeout = TimeSpan.FromSeconds(3), primary.ConnectionString);
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        await standby.KillAsync();

        var commit = Commit(Patch(Set("a", 2)));
        for (var i = 0; i < 2; i++)
            await Assert.ThrowsAsync<CommitOutcomeUnknownException>(async () => await tier.CommitAsync(commit, Cancel));

        await standby.StartAgainAsync();
        var again = await RepeatAsync();
        Assert.Equal((ColdCommitStatus.Repeated, 2), (again.Status, again.Version));

        async Task<ColdCommitResult> RepeatAsync()
        {
            ColdCommitResult? result = null;
            await Eventually.TrueAsync(async () => await Xunit.Record.ExceptionAsync(async () => result = await tier.CommitAsync(commit, Cancel)) is null, "an answer");
            return result!;
        }
    }

    [Fact]
    public async Task Calls_ServerTakesNoWritesAnyMore_ChangeNothingAndGoOnAfterwards()
    {
        var server = Keep(await PostgreSqlServer.StartAsync());
        var tier = await OpenAsync(connectionString: server.ConnectionString);
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        await server.SetAsync("default_transaction_read_only", "on");
        var commit = Commit(Patch(Set("a", 2)));

        await RefusedAsync(async () => await tier.CommitAsync(commit, Cancel));
        await RefusedAsync(async () => await tier.Leases.AcquireAsync(new LeaseRequest(Session, "bot", TimeSpan.FromHours(1), MayQueue: true), Cancel));
        await RefusedAsync(async () => await tier.DeleteSessionAsync(Session, Cancel));

        var read = await tier.ReadAsync(Session, [Record("a")], false, Cancel);
        Assert.Equal((1L, (byte)1), (read.Head!.Version, read.Records[0].Envelope.Span[0]));
        await MayWriteAsync(server);
        Assert.Equal((ColdCommitStatus.Committed, 2), await tier.CommitAsync(commit, Cancel) is var result ? (result.Status, result.Version) : default);
    }

    [Fact]
    public async Task Calls_ServerIsAStandbyNow_AreUnavailableUntilItIsPromoted()
    {
        var server = Keep(await PostgreSqlServer.StartAsync());
        var tier = await OpenAsync(connectionString: server.ConnectionString);
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        await server.StopAsync();
        server.BecomeStandby();
        await server.StartAgainAsync();

        await RefusedAsync(async () => await (await OpenAsync(connectionString: server.ConnectionString)).InitializeAsync(Cancel));
        var commit = Commit(Patch(Set("a", 2)));
        await Eventually.TrueAsync(
            async () => await Xunit.Record.ExceptionAsync(async () => await tier.CommitAsync(commit, Cancel)) is StoreUnavailableException { InnerException: StoreUnusableException },
            "the refusal, once the connections that broke are gone");

        // Others may have written to the primary meanwhile: what is not here need not be absent.
        await RefusedAsync(async () => await tier.ReadAsync(Session, [Record("a")], false, Cancel));
        await RefusedAsync(async () => await tier.ReadAsync(new AuthSessionId("t", "made elsewhere"), [Record("a")], false, Cancel));
        await RefusedAsync(() => ToListAsync(tier.EnumerateAsync(Session, null, Cancel)));
        await RefusedAsync(() => ToListAsync(tier.EnumerateAsync(new AuthSessionId("t", "made elsewhere"), "session", Cancel)));
        await RefusedAsync(() => ToListAsync(tier.ListSessionsAsync(null, Cancel)));
        await RefusedAsync(() => ToListAsync(tier.ListSessionsAsync("made elsewhere", Cancel)));
        await RefusedAsync(() => ToListAsync(tier.Leases.ListAheadAsync(false, Cancel)));
        await RefusedAsync(async () => await tier.SummarizeAsync(Session, Cancel));

        await server.PromoteAsync();
        Assert.Equal((ColdCommitStatus.Committed, 2), await tier.CommitAsync(commit, Cancel) is var result ? (result.Status, result.Version) : default);
    }

    private static AuthSessionId Of(int i) => new("t", $"{i}");

    private static SealedPatch Fill(long version) => Patch([.. Ids.Select(id => Set(id, (byte)version))]);

    private static string BothHosts(PostgreSqlServer primary, PostgreSqlServer standby) => new NpgsqlConnectionStringBuilder(primary.ConnectionString)
    {
        Host = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{primary.Port},127.0.0.1:{standby.Port}"), TargetSessionAttributes = "primary", HostRecheckSeconds = 1,
    }.ConnectionString;

    private static async Task RefusedAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<StoreUnavailableException>(call);
        Assert.True(error.IsTransient);
        Assert.Equal(StoreUnusableReason.ReadOnly, Assert.IsType<StoreUnusableException>(error.InnerException).Reason);
    }

    private static async Task MayWriteAsync(PostgreSqlServer server)
    {
        await using var connection = new NpgsqlConnection($"{server.ConnectionString};Pooling=false;Options=-c default_transaction_read_only=off");
        await connection.OpenAsync(Cancel);
        foreach (var statement in (string[])["ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()"])
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(Cancel);
        }

        await Eventually.TrueAsync(async () => (string)(await server.ExecuteAsync("SELECT current_setting('default_transaction_read_only')"))! == "off", "writes again");
    }

    // A standby that the primary waits for with every commit.
    private async Task<(PostgreSqlServer Primary, PostgreSqlServer Standby)> StartPairAsync()
    {
        var primary = Keep(await PostgreSqlServer.StartAsync());
        var standby = Keep(await primary.StartStandbyAsync());
        await primary.SetAsync("synchronous_standby_names", "*");
        await Eventually.TrueAsync(async () => (long)(await primary.ExecuteAsync("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"))! == 1, "a standby that follows");
        return (primary, standby);
    }
}
