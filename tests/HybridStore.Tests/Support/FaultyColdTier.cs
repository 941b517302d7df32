using HybridStore.Tiers;

namespace HybridStore.Tests.Support;

/// <summary>A real cold tier whose answers can be made to fail at the moments that a real one can't be brought to fail at will.</summary>
internal sealed class FaultyColdTier(IColdTier inner) : IColdTier
{
    /// <summary>The real tier. Another one stands for a database that was replaced underneath a running process.</summary>
    public IColdTier Inner { get; set; } = inner;

    /// <summary>Called before each read; what it throws is what the read throws.</summary>
    public Action? OnRead { get; set; }

    /// <summary>Called after each read of cold, before its answer is given: for a slow answer.</summary>
    public Func<Task>? AfterRead { get; set; }

    /// <summary>Called before each commit.</summary>
    public Action<ColdCommit>? OnCommit { get; set; }

    /// <summary>Called after a commit was kept: what it throws is a lost reply.</summary>
    public Action<ColdCommit>? AfterCommit { get; set; }

    public int Reads { get; private set; }

    public int Commits { get; private set; }

    public string Name => Inner.Name;

    public IColdLeases Leases => Inner.Leases;

    public ValueTask InitializeAsync(CancellationToken cancellationToken) => Inner.InitializeAsync(cancellationToken);

    public async ValueTask<ColdRead> ReadAsync(
        AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        Reads++;
        OnRead?.Invoke();
        var read = await Inner.ReadAsync(session, keys, withDataKeys, cancellationToken);
        if (AfterRead is { } wait)
            await wait();
        return read;
    }

    public async ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken)
    {
        Commits++;
        OnCommit?.Invoke(commit);
        var result = await Inner.CommitAsync(commit, cancellationToken);
        AfterCommit?.Invoke(commit);
        return result;
    }

    public ValueTask<ColdImportResult> ImportAsync(ColdImport import, CancellationToken cancellationToken) => Inner.ImportAsync(import, cancellationToken);

    public IAsyncEnumerable<SealedRecord> EnumerateAsync(AuthSessionId session, string? type, CancellationToken cancellationToken) =>
        Inner.EnumerateAsync(session, type, cancellationToken);

    public IAsyncEnumerable<ColdSession> ListSessionsAsync(string? tenant, CancellationToken cancellationToken) =>
        Inner.ListSessionsAsync(tenant, cancellationToken);

    public ValueTask<(SessionHead Head, IReadOnlyList<AuthTypeSummary> Types)?> SummarizeAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        Inner.SummarizeAsync(session, cancellationToken);

    public ValueTask<ColdDeletion> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        Inner.DeleteSessionAsync(session, cancellationToken);

    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}
