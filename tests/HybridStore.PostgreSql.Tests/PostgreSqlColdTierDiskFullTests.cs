using HybridStore.PostgreSql.Tests.Support;
using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.PostgreSql.Tests;

/// <summary>The server has no place left for the tables, and gets some again.</summary>
public sealed class PostgreSqlColdTierDiskFullTests : ColdTest
{
    private const int Sessions = 8;

    [Fact]
    public async Task Commits_DiskIsFull_AreUnavailableWholeAndGoOnOnceThereIsRoom()
    {
        using var disk = new SmallDisk(megabytes: 24);
        await using var server = await PostgreSqlServer.StartAsync(disk);
        await server.ExecuteAsync($"CREATE TABLESPACE small LOCATION '{disk.Folder}'");
        await server.ExecuteAsync("CREATE DATABASE bots TABLESPACE small");
        await FillAsync(4_000_000);
        var connection = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "bots" }.ConnectionString;
        await using var tier = new PostgreSqlColdTier(connection, new PostgreSqlColdTierOptions { OperationTimeout = TimeSpan.FromMinutes(1) });
        var kept = new long[Sessions];
        for (var i = 0; i < Sessions; i++)
            kept[i] = (await tier.CommitAsync(CreationOf(Of(i), Growth(1)), Cancel)).Version;

        var refused = await Task.WhenAll(Enumerable.Range(0, Sessions).Select(i => GrowUntilRefusedAsync(i)));

        for (var i = 0; i < Sessions; i++)
            await CheckAsync(i);
        await FillAsync(0);
        for (var i = 0; i < Sessions; i++)
        {
            Assert.Equal((ColdCommitStatus.Committed, kept[i] + 1), await tier.CommitAsync(refused[i], Cancel) is var again ? (again.Status, again.Version) : default);
            kept[i]++;
            await CheckAsync(i);
        }

        async Task<ColdCommit> GrowUntilRefusedAsync(int i)
        {
            while (true)
            {
                var commit = CommitTo(Of(i), Growth(kept[i] + 1));
                if (await Xunit.Record.ExceptionAsync(async () => kept[i] = (await tier.CommitAsync(commit, Cancel)).Version) is not { } error)
                    continue;
                var unavailable = Assert.IsType<StoreUnavailableException>(error);
                Assert.True(unavailable.IsTransient);
                Assert.Contains("53100", unavailable.Message, StringComparison.Ordinal);
                Assert.Equal(StoreUnusableReason.Full, Assert.IsType<StoreUnusableException>(unavailable.InnerException).Reason);
                return commit;
            }
        }

        // All that was told as kept, and nothing of what was refused.
        async Task CheckAsync(int i)
        {
            var read = await tier.ReadAsync(Of(i), [.. Enumerable.Range(1, (int)kept[i] + 1).SelectMany(v => Growth(v).Changes).Select(c => c.Key)], false, Cancel);
            Assert.Equal(kept[i], read.Head!.Version);
            Assert.Equal(read.Records.Select((r, n) => 1 + (n / 4) <= kept[i]), read.Records.Select(r => r.Exists));
        }

        // Something of another program on the same disk.
        Task<object?> FillAsync(int bytes) => server.ExecuteAsync($"COPY (SELECT repeat('x', {bytes})) TO '{disk.Folder}/other'");
    }

    private static AuthSessionId Of(int i) => new("t", $"{i}");

    private static SealedPatch Growth(long version) => Patch([.. Enumerable.Range(0, 4).Select(i => Set($"{version}/{i}", (byte)version, 20_000))]);
}
