using System.Runtime.CompilerServices;
using System.Text;

namespace HybridStore.Baileys.Tests;

/// <summary>Where the tests get a store from: the only place that says which.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    public required IAuthStateStore Store { get; init; }

    public static TestStore Create() => new() { Store = new MemoryStore() };

    public ValueTask DisposeAsync() => (Store as IAsyncDisposable)?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The contract of import, enumeration and write-through commits over a dictionary, without a codec.</summary>
    private sealed class MemoryStore : IAuthStateStore
    {
        private static readonly IComparer<AuthKey> ByUtf8 = Comparer<AuthKey>.Create((a, b) =>
        {
            var types = Encoding.UTF8.GetBytes(a.Type).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b.Type));
            return types != 0 ? types : Encoding.UTF8.GetBytes(a.Id).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b.Id));
        });

        private readonly Lock _lock = new();
        private readonly Dictionary<AuthSessionId, Life> _lives = [];
        private readonly Dictionary<AuthSessionId, long> _incarnations = [];

        public ValueTask<AuthRecord> GetAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken = default)
        {
            lock (_lock)
                return new(_lives.TryGetValue(session, out var life) && life.Records.TryGetValue(key, out var record) ? record : AuthRecord.Absent(key));
        }

        public ValueTask<CommitReceipt> CommitAsync(AuthSessionId session, AuthPatch patch, CancellationToken cancellationToken = default)
        {
            lock (_lock)
            {
                if (!_lives.TryGetValue(session, out var life))
                    life = Begin(session);
                life.Version++;
                foreach (var change in patch.Changes)
                {
                    if (change.Value is { } value)
                        life.Records[change.Key] = AuthRecord.Found(change.Key, life.Version, value.ToArray());
                    else
                        life.Records.Remove(change.Key);
                }

                return new(new CommitReceipt(patch.CommitId, life.Incarnation, life.Version, CommitOutcome.Persisted, IsRepeat: false));
            }
        }

        public async ValueTask<AuthSessionInfo> ImportAsync(AuthSessionId session, IAsyncEnumerable<AuthEntry> entries, CancellationToken cancellationToken = default)
        {
            ThrowIfExists(session);
            var records = new SortedDictionary<AuthKey, AuthRecord>(ByUtf8);
            await foreach (var entry in entries.WithCancellation(cancellationToken))
            {
                if (!records.TryAdd(entry.Key, AuthRecord.Found(entry.Key, 1, entry.Value.ToArray())))
                    throw new InvalidAuthInputException(AuthInputPart.Id, AuthInputFault.Duplicate, $"{entry.Key} occurs twice.");
            }

            lock (_lock)
            {
                ThrowIfExists(session);
                var life = Begin(session);
                life.Version = 1;
                foreach (var (key, record) in records)
                    life.Records[key] = record;
                return life.ToInfo(session);
            }
        }

        public async IAsyncEnumerable<AuthRecord> EnumerateAsync(
            AuthSessionId session, string? type = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            AuthRecord[] records;
            lock (_lock)
                records = _lives.TryGetValue(session, out var life) ? [.. life.Records.Values.Where(r => type is null || r.Key.Type == type)] : [];
            foreach (var record in records)
            {
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
                yield return record;
            }
        }

        public ValueTask<AuthSessionInfo?> FindSessionAsync(AuthSessionId session, CancellationToken cancellationToken = default)
        {
            lock (_lock)
                return new(_lives.TryGetValue(session, out var life) ? life.ToInfo(session) : null);
        }

        public ValueTask<bool> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken = default)
        {
            lock (_lock)
                return new(_lives.Remove(session));
        }

        public ValueTask<AuthRecordSet> GetManyAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<AuthRecordCheck> VerifyAsync(AuthSessionId session, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public ValueTask<AuthSessionSummary> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public IAsyncEnumerable<AuthSessionInfo> ListSessionsAsync(string? tenant = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        private void ThrowIfExists(AuthSessionId session)
        {
            lock (_lock)
            {
                if (_lives.TryGetValue(session, out var life))
                    throw new SessionExistsException(session, life.Version);
            }
        }

        private Life Begin(AuthSessionId session)
        {
            _incarnations[session] = _incarnations.GetValueOrDefault(session) + 1;
            return _lives[session] = new Life(_incarnations[session]);
        }

        private sealed class Life(long incarnation)
        {
            public long Incarnation => incarnation;

            public long Version { get; set; }

            public SortedDictionary<AuthKey, AuthRecord> Records { get; } = new(ByUtf8);

            public AuthSessionInfo ToInfo(AuthSessionId id) => new(id, Incarnation, Version, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        }
    }
}
