using HybridStore.Tiers;

namespace HybridStore.LoadTest.Rows;

/// <summary>Counts the calls that callers of the store bring about; the heartbeat of the leases, which goes on by itself, is not among them.</summary>
internal sealed class CountingColdTier(IColdTier inner) : IColdTier
{
    private long _calls;

    public long Calls => Interlocked.Read(ref _calls);

    public string Name => inner.Name;

    public IColdLeases Leases => inner.Leases;

    public IColdHistory? History => inner.History;

    public IColdKeys? Keys => inner.Keys;

    public IReadOnlyList<string> Remnants => inner.Remnants;

    private IColdTier Counted
    {
        get
        {
            Interlocked.Increment(ref _calls);
            return inner;
        }
    }

    public ValueTask InitializeAsync(CancellationToken cancellationToken) => inner.InitializeAsync(cancellationToken);

    public ValueTask<ColdRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken) =>
        Counted.ReadAsync(session, keys, withDataKeys, cancellationToken);

    public ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken) => Counted.CommitAsync(commit, cancellationToken);

    public ValueTask<ColdImportResult> ImportAsync(ColdImport import, CancellationToken cancellationToken) => Counted.ImportAsync(import, cancellationToken);

    public IAsyncEnumerable<SealedRecord> EnumerateAsync(AuthSessionId session, string? type, CancellationToken cancellationToken) =>
        Counted.EnumerateAsync(session, type, cancellationToken);

    public IAsyncEnumerable<ColdSession> ListSessionsAsync(string? tenant, CancellationToken cancellationToken) => Counted.ListSessionsAsync(tenant, cancellationToken);

    public ValueTask<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        Counted.SummarizeAsync(session, cancellationToken);

    public ValueTask<ColdDeletion> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken) => Counted.DeleteSessionAsync(session, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
