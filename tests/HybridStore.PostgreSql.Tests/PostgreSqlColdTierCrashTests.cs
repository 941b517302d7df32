using System.Collections.Concurrent;
using HybridStore.PostgreSql.Tests.Support;
using HybridStore.Tiers;

namespace HybridStore.PostgreSql.Tests;

/// <summary>The server is killed while many commit to it, and started again.</summary>
public sealed class PostgreSqlColdTierCrashTests : ColdTest
{
    private const int Rounds = 20;
    private const int Sessions = 8;
    private static readonly string[] Ids = ["a", "b", "c"];

    [Fact]
    public async Task Commits_ServerIsKilledAgainAndAgain_AreKeptWhenAcknowledgedAndWholeInAnyCase()
    {
        // Set to tell of commits before they are flushed, which the tier overrules.
        var server = Keep(await PostgreSqlServer.StartAsync("synchronous_commit=off", "wal_writer_delay=10s", "shared_buffers=16MB"));
        var tier = await OpenAsync(o => o.OperationTimeout = TimeSpan.FromSeconds(20), server.ConnectionString);
        var acknowledged = new long[Sessions];
        for (var i = 0; i < Sessions; i++)
            Assert.Equal(ColdCommitStatus.Committed, (await tier.CommitAsync(CreationOf(Of(i), Fill(1)), Cancel)).Status);
        Array.Fill(acknowledged, 1);
        var unknown = new ConcurrentDictionary<int, ColdCommit>();

        for (var round = 0; round < Rounds; round++)
        {
            using var killed = new CancellationTokenSource();
            using var running = new CountdownEvent(Sessions);
            var committing = Task.WhenAll(Enumerable.Range(0, Sessions).Select(i => Task.Run(() => CommitUntilAsync(tier, i, 1 + (round % 7), acknowledged, unknown, running, killed.Token), Cancel)));
            await Eventually.TrueAsync(() => Task.FromResult(running.IsSet), "some commits of every session");
            await server.KillAsync();
            await killed.CancelAsync();
            await committing;

            await server.StartAgainAsync();
            for (var i = 0; i < Sessions; i++)
                await CheckAsync(tier, i, acknowledged, unknown);
        }
    }

    [Fact]
    public async Task Commits_ServerIsShutDown_AreUnavailableOrUnknownAndGoOnAfterwards()
    {
        var server = Keep(await PostgreSqlServer.StartAsync());
        var tier = await OpenAsync(o => o.OperationTimeout = TimeSpan.FromSeconds(20), server.ConnectionString);
        await tier.CommitAsync(Creation(Patch(Set("a"))), Cancel);
        await server.StopAsync();

        var error = await Assert.ThrowsAnyAsync<AuthStoreException>(async () => await tier.CommitAsync(Commit(Patch(Set("a"))), Cancel));
        Assert.True(error is CommitOutcomeUnknownException or StoreUnavailableException);
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await tier.CommitAsync(Commit(Patch(Set("a"))), Cancel));

        await server.StartAgainAsync();
        Assert.Equal((ColdCommitStatus.Committed, 2), await tier.CommitAsync(Commit(Patch(Set("a"))), Cancel) is var result ? (result.Status, result.Version) : default);
    }

    [Fact]
    public async Task Calls_NoConnectionLeft_AreUnavailableAndSaySo()
    {
        var server = Keep(await PostgreSqlServer.StartAsync("max_connections=4", "superuser_reserved_connections=3", "max_wal_senders=0"));
        await server.ExecuteAsync("CREATE ROLE bot LOGIN PASSWORD 'pw'; GRANT CREATE ON DATABASE postgres TO bot");
        var connection = server.ConnectionString.Replace("Username=postgres", "Username=bot", StringComparison.Ordinal).Replace(PostgreSqlServer.Password, "pw", StringComparison.Ordinal);
        await using var taken = new Npgsql.NpgsqlConnection($"{connection};Pooling=false");
        // The server frees the connections of the lines before a little later.
        await Eventually.TrueAsync(async () => await Xunit.Record.ExceptionAsync(() => taken.OpenAsync(Cancel)) is null, "the last connection");

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(async () => await (await OpenAsync(connectionString: connection)).InitializeAsync(Cancel));

        Assert.Contains("53300", error.Message, StringComparison.Ordinal);
    }

    private static AuthSessionId Of(int i) => new("t", $"{i}");

    private static SealedPatch Fill(long version) => Patch([.. Ids.Select(id => Set(id, (byte)version))]);

    private static async Task CommitUntilAsync(
        PostgreSqlColdTier tier, int i, int enough, long[] acknowledged, ConcurrentDictionary<int, ColdCommit> unknown, CountdownEvent running, CancellationToken killed)
    {
        for (var done = 1; ; done++)
        {
            var commit = CommitTo(Of(i), Fill(acknowledged[i] + 1));
            try
            {
                var result = await tier.CommitAsync(commit, CancellationToken.None);
                Assert.Equal((ColdCommitStatus.Committed, acknowledged[i] + 1), (result.Status, result.Version));
                acknowledged[i] = result.Version;
                if (done == enough)
                    running.Signal();
            }
            catch (CommitOutcomeUnknownException)
            {
                unknown[i] = commit;
                return;
            }
            catch (StoreUnavailableException)
            {
                // It was not made, and the server is gone.
                if (killed.IsCancellationRequested)
                    return;
                await Task.Yield();
            }
        }
    }

    private static async Task CheckAsync(PostgreSqlColdTier tier, int i, long[] acknowledged, ConcurrentDictionary<int, ColdCommit> unknown)
    {
        var read = await tier.ReadAsync(Of(i), [.. Ids.Select(Record)], withDataKeys: true, Cancel);
        var version = read.Head!.Version;
        Assert.InRange(version, acknowledged[i], acknowledged[i] + (unknown.ContainsKey(i) ? 1 : 0));
        Assert.All(read.Records, r => Assert.Equal((version, (byte)version), (r.Version, r.Envelope.Span[0])));
        Assert.Equal(version, read.Commits[^1].Version);

        if (unknown.TryRemove(i, out var commit))
        {
            var wasMade = version > acknowledged[i];
            var again = await tier.CommitAsync(commit, Cancel);
            Assert.Equal((wasMade ? ColdCommitStatus.Repeated : ColdCommitStatus.Committed, acknowledged[i] + 1), (again.Status, again.Version));
            acknowledged[i]++;
        }
    }
}
