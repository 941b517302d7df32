using System.Collections.Concurrent;
using HybridStore.Tiers;

namespace HybridStore.Benchmarks;

/// <summary>Passes commits on only while it is open, notes them, and tells when every session has arrived at its version.</summary>
internal sealed class GatedColdTier(IColdTier inner) : IColdTier
{
    private readonly ConcurrentDictionary<AuthSessionId, long> _missing = new();
    private TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => inner.Name;

    public IColdLeases Leases => inner.Leases;

    /// <summary>What was committed since the gate was closed last.</summary>
    public ConcurrentQueue<ColdCommit> Commits { get; } = new();

    /// <summary>From now on commits wait.</summary>
    public void Close()
    {
        Commits.Clear();
        _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Has commits wait no more.</summary>
    public void Open() => _open.TrySetResult();

    /// <summary>Says at which versions cold is complete.</summary>
    public void Expect(IEnumerable<(AuthSessionId Session, long Version)> versions)
    {
        _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var (session, version) in versions)
            _missing[session] = version;
    }

    /// <summary>Ends when cold is complete.</summary>
    public Task ArrivedAsync() => _arrived.Task;

    public async ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken)
    {
        await _open.Task.WaitAsync(cancellationToken);
        Commits.Enqueue(commit);
        var result = await inner.CommitAsync(commit, cancellationToken);
        if (_missing.TryGetValue(commit.Session, out var version) && result.Version >= version && _missing.TryRemove(commit.Session, out _) && _missing.IsEmpty)
            _arrived.TrySetResult();
        return result;
    }

    public ValueTask InitializeAsync(CancellationToken cancellationToken) => inner.InitializeAsync(cancellationToken);

    public ValueTask<ColdRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken) =>
        inner.ReadAsync(session, keys, withDataKeys, cancellationToken);

    public ValueTask<ColdImportResult> ImportAsync(ColdImport import, CancellationToken cancellationToken) => inner.ImportAsync(import, cancellationToken);

    public IAsyncEnumerable<SealedRecord> EnumerateAsync(AuthSessionId session, string? type, CancellationToken cancellationToken) =>
        inner.EnumerateAsync(session, type, cancellationToken);

    public IAsyncEnumerable<ColdSession> ListSessionsAsync(string? tenant, CancellationToken cancellationToken) => inner.ListSessionsAsync(tenant, cancellationToken);

    public ValueTask<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        inner.SummarizeAsync(session, cancellationToken);

    public ValueTask<ColdDeletion> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken) => inner.DeleteSessionAsync(session, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
