using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Targets;

/// <summary>
/// The floor: what the clients alone take for the same reads and writes, record by record. Reads come from Redis where there is one; commits go to the database and then to Redis. Nothing is encrypted, checked,
/// ordered, fenced, remembered or kept in this process, and a failure in between leaves the two apart.
/// </summary>
internal sealed class RawTarget(string name, RawRedisRecords? hot, IRawRecords? cold) : ITarget
{
    public string Name => name;

    public async Task ImportAsync(string session, IEnumerable<StateRecord> records)
    {
        foreach (var page in records.Chunk(1000))
        {
            var writes = page.Select(static r => new RecordWrite(r.Key, RecordContent.Make(r))).ToArray();
            if (cold is not null)
                await cold.WriteAsync(session, writes);
            if (hot is not null)
                await hot.WriteAsync(session, writes);
        }
    }

    public Task<ITargetSession> OpenAsync(string session) => Task.FromResult<ITargetSession>(new Session(session, hot, cold));

    public async ValueTask DisposeAsync()
    {
        if (cold is not null)
            await cold.DisposeAsync();
    }

    private sealed class Session(string session, RawRedisRecords? hot, IRawRecords? cold) : ITargetSession
    {
        private readonly IRawRecords _read = hot ?? cold!;

        public ValueTask<ReadOnlyMemory<byte>?> GetAsync(AuthKey key) => _read.ReadAsync(session, key);

        public ValueTask<int> GetManyAsync(AuthKey[] keys) => _read.CountAsync(session, keys);

        public async ValueTask CommitAsync(RecordWrite[] writes)
        {
            if (cold is not null)
                await cold.WriteAsync(session, writes);
            if (hot is not null)
                await hot.WriteAsync(session, writes);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
