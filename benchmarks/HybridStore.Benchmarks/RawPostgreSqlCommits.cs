using System.Collections.Concurrent;
using HybridStore.PostgreSql;
using HybridStore.PostgreSql.Engine;
using HybridStore.PostgreSql.Writing;
using HybridStore.Tiers;
using Npgsql;

namespace HybridStore.Benchmarks;

/// <summary>The very statements of the PostgreSQL tier, sent by Npgsql and nothing else: no deadline, no repeats, no errors of the store's own, no order.</summary>
internal sealed class RawPostgreSqlCommits(NpgsqlDataSource source) : IAsyncDisposable
{
    private readonly PostgreSqlDatabase _database = new(source, isShared: true, new PostgreSqlColdTierOptions(), TimeProvider.System);

    public static RawPostgreSqlCommits Open(string connectionString) => new(NpgsqlDataSource.Create(connectionString));

    /// <summary>Each commit is a transaction of its own, of a caller of its own.</summary>
    public Task AloneAsync(IEnumerable<IReadOnlyList<ColdCommit>> callers) => Task.WhenAll(callers.Select(commits => Task.Run(async () =>
    {
        foreach (var commit in commits)
            await SendAsync([commit]);
    })));

    /// <summary>The commits of many callers in each transaction, as the tier groups them, on as many connections.</summary>
    public async Task GroupedAsync(IEnumerable<IReadOnlyList<ColdCommit>> groups, int connections)
    {
        var left = new ConcurrentQueue<IReadOnlyList<ColdCommit>>(groups);
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            while (left.TryDequeue(out var group))
                await SendAsync(group);
        })));
    }

    /// <summary>The rows that one commit reads, finds by an index and changes, as the server counts them within its transaction. It is one statement; it is not kept.</summary>
    public async Task<RowsTouched> RowsTouchedAsync(string connectionString, ColdCommit commit)
    {
        // Of its own: what a connection counted in an earlier transaction is told a while later.
        await using var connection = new NpgsqlConnection($"{connectionString};Pooling=false");
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var batch = new NpgsqlBatch(connection, transaction))
        {
            CommitStatement.AddTo(batch, _database, commit, now: null);
            await batch.ExecuteNonQueryAsync();
        }

        await using var count = new NpgsqlCommand(
            "SELECT sum(seq_tup_read)::bigint, sum(idx_tup_fetch)::bigint, sum(n_tup_ins)::bigint, sum(n_tup_upd)::bigint, sum(n_tup_del)::bigint FROM pg_stat_xact_user_tables",
            connection,
            transaction);
        await using var row = await count.ExecuteReaderAsync();
        await row.ReadAsync();
        return new RowsTouched(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4));
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await source.DisposeAsync();
    }

    private async Task SendAsync(IReadOnlyList<ColdCommit> commits)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        foreach (var commit in commits)
            CommitStatement.AddTo(batch, _database, commit, now: null);
        await batch.PrepareAsync();
        await using var rows = await batch.ExecuteReaderAsync();
        foreach (var commit in commits)
        {
            await rows.ReadAsync();
            PostgreSqlCommits.Must(CommitStatement.Read(rows, commit).Status);
            await rows.NextResultAsync();
        }
    }
}
