using HybridStore.LoadTest.Traces;

namespace HybridStore.LoadTest.Targets;

/// <summary>Keeps everything in a dictionary of this process: what the load test itself costs.</summary>
internal sealed class NullTarget : ITarget
{
    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    public string Name => "dictionary";

    public async Task ImportAsync(string session, IEnumerable<StateRecord> records) =>
        await SessionOf(session).CommitAsync([.. records.Select(static r => new RecordWrite(r.Key, RecordContent.Make(r)))]);

    public Task<ITargetSession> OpenAsync(string session) => Task.FromResult<ITargetSession>(SessionOf(session));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Session SessionOf(string session)
    {
        if (!_sessions.TryGetValue(session, out var found))
            _sessions[session] = found = new Session();
        return found;
    }

    private sealed class Session : ITargetSession
    {
        private readonly Dictionary<AuthKey, byte[]> _records = [];
        private readonly Lock _lock = new();

        public ValueTask<ReadOnlyMemory<byte>?> GetAsync(AuthKey key)
        {
            lock (_lock)
                return new(_records.GetValueOrDefault(key).OrAbsent());
        }

        public ValueTask<int> GetManyAsync(AuthKey[] keys)
        {
            lock (_lock)
                return new(keys.Count(_records.ContainsKey));
        }

        public ValueTask CommitAsync(RecordWrite[] writes)
        {
            lock (_lock)
            {
                foreach (var write in writes)
                {
                    if (write.Value is null)
                        _records.Remove(write.Key);
                    else
                        _records[write.Key] = write.Value;
                }
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
