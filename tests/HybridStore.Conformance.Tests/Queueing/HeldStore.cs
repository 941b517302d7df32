namespace HybridStore.Conformance.Tests;

/// <summary>
/// Makes every commit under a lease, as a bot does: what one process wrote last it goes on holding, with whatever is queued, until another one wants to write.
/// So a contract that knows nothing of leases is kept by a store that queues.
/// </summary>
internal sealed class HeldStore(IAuthStateStore inner, SessionHolders holders, Durability durability) : IAuthStateStore, IAsyncDisposable
{
    public async ValueTask<CommitReceipt> CommitAsync(AuthSessionId session, AuthPatch patch, CancellationToken cancellationToken = default)
    {
        if (session.IsEmpty || patch is not { Changes.Count: > 0 })
            return await inner.CommitAsync(session, patch!, cancellationToken);
        if (patch.Durability is null)
            patch.Require(durability);
        using var turn = await holders.EnterAsync(session, cancellationToken);
        if (await turn.HoldAsync(inner, cancellationToken) is { } handle)
            return await handle.CommitAsync(patch, cancellationToken);
        var receipt = await inner.CommitAsync(session, patch, cancellationToken);
        await turn.LetGoAsync();
        return receipt;
    }

    public async ValueTask<AuthSessionInfo> ImportAsync(AuthSessionId session, IAsyncEnumerable<AuthEntry> entries, CancellationToken cancellationToken = default)
    {
        using var turn = await holders.EnterAsync(session, cancellationToken);
        await turn.LetGoAsync();
        return await inner.ImportAsync(session, entries, cancellationToken);
    }

    public async ValueTask<bool> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken = default)
    {
        // While it is held, and while something may be queued: a deletion needs nobody's leave.
        using var turn = await holders.EnterAsync(session, cancellationToken);
        return await inner.DeleteSessionAsync(session, cancellationToken);
    }

    public ValueTask<AuthRecord> GetAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken = default) => inner.GetAsync(session, key, cancellationToken);

    public ValueTask<AuthRecordSet> GetManyAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, CancellationToken cancellationToken = default) =>
        inner.GetManyAsync(session, keys, cancellationToken);

    public ValueTask<AuthSession> OpenAsync(AuthSessionId session, CancellationToken cancellationToken = default) => inner.OpenAsync(session, cancellationToken);

    public IAsyncEnumerable<AuthRecord> EnumerateAsync(AuthSessionId session, string? type = null, CancellationToken cancellationToken = default) =>
        inner.EnumerateAsync(session, type, cancellationToken);

    public IAsyncEnumerable<AuthRecordCheck> VerifyAsync(AuthSessionId session, CancellationToken cancellationToken = default) => inner.VerifyAsync(session, cancellationToken);

    public ValueTask<AuthSessionInfo?> FindSessionAsync(AuthSessionId session, CancellationToken cancellationToken = default) => inner.FindSessionAsync(session, cancellationToken);

    public ValueTask<AuthSessionSummary> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken = default) => inner.SummarizeAsync(session, cancellationToken);

    public IAsyncEnumerable<AuthSessionInfo> ListSessionsAsync(string? tenant = null, CancellationToken cancellationToken = default) =>
        inner.ListSessionsAsync(tenant, cancellationToken);

    /// <summary>Ends this process as it is, with the sessions that it holds.</summary>
    public ValueTask DisposeAsync() => ((IAsyncDisposable)inner).DisposeAsync();
}
