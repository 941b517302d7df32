using System.Runtime.CompilerServices;

namespace HybridStore.Conformance.Leaks;

/// <summary>A store whose values become known to a watch before the store gets them, so that those are searched for too that it refuses.</summary>
internal class WatchedStore : IAuthStateStore
{
    private readonly IAuthStateStore _inner;
    private readonly LeakDetector _detector;

    private WatchedStore(IAuthStateStore inner, LeakDetector detector)
    {
        _inner = inner;
        _detector = detector;
    }

    /// <summary>Watches a store; what can be disposed of, can be disposed of afterwards.</summary>
    public static IAuthStateStore Over(IAuthStateStore store, LeakDetector detector) =>
        store is IAsyncDisposable disposable ? new Disposable(store, disposable, detector) : new WatchedStore(store, detector);

    public ValueTask<AuthRecord> GetAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken = default)
    {
        Allow(session);
        Allow(key);
        return _inner.GetAsync(session, key, cancellationToken);
    }

    public ValueTask<AuthRecordSet> GetManyAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, CancellationToken cancellationToken = default) =>
        _inner.GetManyAsync(session, keys, cancellationToken);

    public ValueTask<CommitReceipt> CommitAsync(AuthSessionId session, AuthPatch patch, CancellationToken cancellationToken = default)
    {
        Allow(session);
        foreach (var change in patch?.Changes ?? [])
        {
            Allow(change.Key);
            if (change.Value is { } value)
                Learn(value.Span);
        }

        return _inner.CommitAsync(session, patch!, cancellationToken);
    }

    public ValueTask<AuthSession> OpenAsync(AuthSessionId session, CancellationToken cancellationToken = default)
    {
        Allow(session);
        return _inner.OpenAsync(session, cancellationToken);
    }

    public ValueTask<AuthSessionInfo> ImportAsync(AuthSessionId session, IAsyncEnumerable<AuthEntry> entries, CancellationToken cancellationToken = default)
    {
        Allow(session);
        return _inner.ImportAsync(session, entries is null ? null! : LearnAsync(entries, CancellationToken.None), cancellationToken);
    }

    public IAsyncEnumerable<AuthRecord> EnumerateAsync(AuthSessionId session, string? type = null, CancellationToken cancellationToken = default) =>
        _inner.EnumerateAsync(session, type, cancellationToken);

    public IAsyncEnumerable<AuthRecordCheck> VerifyAsync(AuthSessionId session, CancellationToken cancellationToken = default) => _inner.VerifyAsync(session, cancellationToken);

    public ValueTask<AuthSessionInfo?> FindSessionAsync(AuthSessionId session, CancellationToken cancellationToken = default) => _inner.FindSessionAsync(session, cancellationToken);

    public ValueTask<AuthSessionSummary> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken = default) => _inner.SummarizeAsync(session, cancellationToken);

    public IAsyncEnumerable<AuthSessionInfo> ListSessionsAsync(string? tenant = null, CancellationToken cancellationToken = default) =>
        _inner.ListSessionsAsync(tenant, cancellationToken);

    public ValueTask<bool> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken = default) => _inner.DeleteSessionAsync(session, cancellationToken);

    // What the store does with the stream, this one does too.
    private async IAsyncEnumerable<AuthEntry> LearnAsync(IAsyncEnumerable<AuthEntry> entries, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in entries.WithCancellation(cancellationToken))
        {
            Allow(entry.Key);
            Learn(entry.Value.Span);
            yield return entry;
        }
    }

    private void Learn(ReadOnlySpan<byte> value) => _detector.Add("a value that was written", value);

    private void Allow(AuthSessionId session)
    {
        if (session.IsEmpty)
            return;
        _detector.Allow(session.Tenant);
        _detector.Allow(session.Session);
    }

    private void Allow(AuthKey key)
    {
        if (key.IsEmpty)
            return;
        _detector.Allow(key.Type);
        _detector.Allow(key.Id);
    }

    private sealed class Disposable(IAuthStateStore inner, IAsyncDisposable disposable, LeakDetector detector) : WatchedStore(inner, detector), IAsyncDisposable
    {
        public ValueTask DisposeAsync() => disposable.DisposeAsync();
    }
}
