namespace HybridStore.Conformance.Tests.Broken;

/// <summary>A store that passes everything on; each broken one changes what it breaks.</summary>
internal abstract class StoreDecorator(IAuthStateStore inner) : IAuthStateStore
{
    protected IAuthStateStore Inner => inner;

    public virtual ValueTask<AuthRecord> GetAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken = default) =>
        inner.GetAsync(session, key, cancellationToken);

    public ValueTask<AuthRecordSet> GetManyAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, CancellationToken cancellationToken = default) =>
        inner.GetManyAsync(session, keys, cancellationToken);

    public virtual ValueTask<CommitReceipt> CommitAsync(AuthSessionId session, AuthPatch patch, CancellationToken cancellationToken = default) =>
        inner.CommitAsync(session, patch, cancellationToken);

    public ValueTask<AuthSession> OpenAsync(AuthSessionId session, CancellationToken cancellationToken = default) => inner.OpenAsync(session, cancellationToken);

    public ValueTask<AuthSessionInfo> ImportAsync(AuthSessionId session, IAsyncEnumerable<AuthEntry> entries, CancellationToken cancellationToken = default) =>
        inner.ImportAsync(session, entries, cancellationToken);

    public IAsyncEnumerable<AuthRecord> EnumerateAsync(AuthSessionId session, string? type = null, CancellationToken cancellationToken = default) =>
        inner.EnumerateAsync(session, type, cancellationToken);

    public IAsyncEnumerable<AuthRecordCheck> VerifyAsync(AuthSessionId session, CancellationToken cancellationToken = default) =>
        inner.VerifyAsync(session, cancellationToken);

    public ValueTask<AuthSessionInfo?> FindSessionAsync(AuthSessionId session, CancellationToken cancellationToken = default) =>
        inner.FindSessionAsync(session, cancellationToken);

    public ValueTask<AuthSessionSummary> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken = default) =>
        inner.SummarizeAsync(session, cancellationToken);

    public IAsyncEnumerable<AuthSessionInfo> ListSessionsAsync(string? tenant = null, CancellationToken cancellationToken = default) =>
        inner.ListSessionsAsync(tenant, cancellationToken);

    public ValueTask<bool> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken = default) =>
        inner.DeleteSessionAsync(session, cancellationToken);
}
