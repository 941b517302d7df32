using System.Collections.Concurrent;
using HybridStore.Tiers;

namespace HybridStore.Tests.Support;

/// <summary>A real cold tier whose answers can be made to fail at the moments that a real one can't be brought to fail at will.</summary>
internal sealed class FaultyColdTier : IColdTier
{
    private readonly ConcurrentQueue<ColdCommit> _sent = new();
    private int _reads;

    public FaultyColdTier(IColdTier inner)
    {
        Inner = inner;
        FaultyLeases = new FaultyLeases(this);
    }

    /// <summary>The real tier. Another one stands for a database that was replaced underneath a running process.</summary>
    public IColdTier Inner { get; set; }

    /// <summary>Called before each read; what it throws is what the read throws.</summary>
    public Action? OnRead { get; set; }

    /// <summary>Called after each read of cold, before its answer is given: for a slow answer.</summary>
    public Func<Task>? AfterRead { get; set; }

    /// <summary>Called before each commit.</summary>
    public Action<ColdCommit>? OnCommit { get; set; }

    /// <summary>Called before each commit too, and waited for: for a slow one.</summary>
    public Func<ColdCommit, Task>? BeforeCommit { get; set; }

    /// <summary>Called after a commit was kept: what it throws is a lost reply.</summary>
    public Action<ColdCommit>? AfterCommit { get; set; }

    /// <summary>Called after a session was deleted: what it throws is a lost reply.</summary>
    public Action? AfterDelete { get; set; }

    public int Reads => Volatile.Read(ref _reads);

    public int Commits => _sent.Count;

    /// <summary>Every commit that was asked for, in order.</summary>
    public IReadOnlyCollection<ColdCommit> Sent => _sent;

    public FaultyLeases FaultyLeases { get; }

    public string Name => Inner.Name;

    public IColdLeases Leases => FaultyLeases;

    public IColdHistory? History => Inner.History;

    public IColdKeys? Keys => Inner.Keys;

    public IReadOnlyList<string> Remnants => Inner.Remnants;

    public ValueTask InitializeAsync(CancellationToken cancellationToken) => Inner.InitializeAsync(cancellationToken);

    public async ValueTask<ColdRead> ReadAsync(
        AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        OnRead?.Invoke();
        var read = await Inner.ReadAsync(session, keys, withDataKeys, cancellationToken);
        if (AfterRead is { } wait)
            await wait();
        return read;
    }

    public async ValueTask<ColdCommitResult> CommitAsync(ColdCommit commit, CancellationToken cancellationToken)
    {
        _sent.Enqueue(commit);
        OnCommit?.Invoke(commit);
        if (BeforeCommit is { } wait)
            await wait(commit);
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

    public async ValueTask<ColdDeletion> DeleteSessionAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        var deletion = await Inner.DeleteSessionAsync(session, cancellationToken);
        AfterDelete?.Invoke();
        return deletion;
    }

    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}
