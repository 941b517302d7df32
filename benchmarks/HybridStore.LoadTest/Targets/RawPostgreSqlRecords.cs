using Npgsql;

namespace HybridStore.LoadTest.Targets;

/// <summary>One table of records: a select by key, and an upsert for each record of a commit, all in one batch and its transaction.</summary>
internal sealed class RawPostgreSqlRecords(NpgsqlDataSource source, string table) : IRawRecords
{
    private readonly string _select = $"SELECT value FROM {table} WHERE session = $1 AND type = $2 AND id = $3";
    private readonly string _count = $"SELECT count(*) FROM {table} r JOIN unnest($2::text[], $3::text[]) k (type, id) USING (type, id) WHERE r.session = $1";
    private readonly string _upsert = $"INSERT INTO {table} (session, type, id, value) VALUES ($1, $2, $3, $4) ON CONFLICT (session, type, id) DO UPDATE SET value = excluded.value";
    private readonly string _delete = $"DELETE FROM {table} WHERE session = $1 AND type = $2 AND id = $3";

    /// <summary>Makes its table.</summary>
    public static async Task<RawPostgreSqlRecords> OpenAsync(LoadServers servers)
    {
        var table = servers.NewName();
        await servers.ExecuteAsync($"""CREATE TABLE {table} (session text COLLATE "C", type text COLLATE "C", id text COLLATE "C", value bytea NOT NULL, PRIMARY KEY (session, type, id)) WITH (fillfactor = 85)""");
        return new RawPostgreSqlRecords(servers.Source, table);
    }

    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string session, AuthKey key)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(_select, connection) { Parameters = { Text(session), Text(key.Type), Text(key.Id) } };
        await command.PrepareAsync();
        return (await command.ExecuteScalarAsync() as byte[]).OrAbsent();
    }

    public async ValueTask<int> CountAsync(string session, AuthKey[] keys)
    {
        await using var command = source.CreateCommand(_count);
        command.Parameters.Add(Text(session));
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. keys.Select(static k => k.Type)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. keys.Select(static k => k.Id)] });
        return (int)(long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask WriteAsync(string session, RecordWrite[] writes)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);

        // In one order, so that commits that overlap don't wait for each other in a circle.
        foreach (var write in writes.OrderBy(static w => w.Key.Type, StringComparer.Ordinal).ThenBy(static w => w.Key.Id, StringComparer.Ordinal))
        {
            var command = new NpgsqlBatchCommand(write.Value is null ? _delete : _upsert) { Parameters = { Text(session), Text(write.Key.Type), Text(write.Key.Id) } };
            if (write.Value is not null)
                command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = write.Value });
            batch.BatchCommands.Add(command);
        }

        if (writes.Length <= 16)
            await batch.PrepareAsync();
        await batch.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static NpgsqlParameter<string> Text(string value) => new() { TypedValue = value };
}
