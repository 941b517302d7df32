using HybridStore.LoadTest.Traces;
using Npgsql;
using StackExchange.Redis;

namespace HybridStore.LoadTest.Targets;

/// <summary>
/// A baseline: the whole session as one JSON document, in Redis and in PostgreSQL, as popular hybrid stores keep it. A read fetches all of it from Redis; a commit fetches it, changes it and writes it whole
/// to both. What makes such stores slower still is left out: nothing is encrypted or compressed, the database stores the bytes as they are, and a session's calls take turns, so that no commit drops another's keys.
/// </summary>
/// <param name="keeps">Whether this process keeps the session: then nothing is fetched and only the writing remains. No such store does that; it is the kindest that can be said of the design.</param>
/// <param name="servers">Its servers.</param>
/// <param name="table">Its table.</param>
internal sealed class BlobTarget(bool keeps, LoadServers servers, string table) : ITarget
{
    private readonly IDatabase _redis = servers.Database;

    public string Name => keeps ? "whole-blob, kept" : "whole-blob";

    public static async Task<BlobTarget> OpenAsync(bool keeps, LoadServers servers)
    {
        var table = servers.NewName();
        await servers.ExecuteAsync($"CREATE TABLE {table} (session text PRIMARY KEY, state bytea NOT NULL); ALTER TABLE {table} ALTER state SET STORAGE EXTERNAL");
        return new BlobTarget(keeps, servers, table);
    }

    public async Task ImportAsync(string session, IEnumerable<StateRecord> records)
    {
        var blob = SessionBlob.Empty;
        blob.Apply(records.Select(static r => new RecordWrite(r.Key, RecordContent.Make(r))));
        await WriteAsync(session, blob.ToJson());
    }

    public Task<ITargetSession> OpenAsync(string session) => Task.FromResult<ITargetSession>(new Session(this, session));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<ReadOnlyMemory<byte>> FetchAsync(string session)
    {
        if ((byte[]?)await _redis.StringGetAsync(KeyOf(session), CommandFlags.None) is { } blob)
            return blob;
        await using var command = servers.Source.CreateCommand($"SELECT state FROM {table} WHERE session = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = session });
        return await command.ExecuteScalarAsync() as byte[] ?? "{}"u8.ToArray();
    }

    private async Task WriteAsync(string session, byte[] blob)
    {
        await using var command = servers.Source.CreateCommand($"INSERT INTO {table} VALUES ($1, $2) ON CONFLICT (session) DO UPDATE SET state = excluded.state");
        command.CommandTimeout = 600;
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = session });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = blob });
        await command.ExecuteNonQueryAsync();
        await _redis.StringSetAsync(KeyOf(session), blob, null, When.Always, CommandFlags.None);
    }

    private RedisKey KeyOf(string session) => $"{table}:{session}";

    private sealed class Session(BlobTarget target, string session) : ITargetSession
    {
        private readonly SemaphoreSlim _turn = new(1);
        private SessionBlob? _kept;

        public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(AuthKey key)
        {
            await _turn.WaitAsync();
            try
            {
                return (await BlobAsync()).Find(key);
            }
            finally
            {
                _turn.Release();
            }
        }

        public async ValueTask<int> GetManyAsync(AuthKey[] keys)
        {
            await _turn.WaitAsync();
            try
            {
                var blob = await BlobAsync();
                return keys.Count(k => blob.Find(k) is not null);
            }
            finally
            {
                _turn.Release();
            }
        }

        public async ValueTask CommitAsync(RecordWrite[] writes)
        {
            await _turn.WaitAsync();
            try
            {
                var blob = await BlobAsync();
                blob.Apply(writes);
                await target.WriteAsync(session, blob.ToJson());
            }
            finally
            {
                _turn.Release();
            }
        }

        public ValueTask DisposeAsync()
        {
            _turn.Dispose();
            return ValueTask.CompletedTask;
        }

        private async ValueTask<SessionBlob> BlobAsync()
        {
            if (_kept is not null)
                return _kept;
            var blob = SessionBlob.Parse(await target.FetchAsync(session));
            if (target.IsKeeping)
                _kept = blob;
            return blob;
        }
    }

    private bool IsKeeping => keeps;
}
