using System.Runtime.CompilerServices;

namespace HybridStore.Baileys.Tests;

/// <summary>Passes everything on to a store, and does something of its own during the first enumerations.</summary>
internal sealed class ChangingStore(IAuthStateStore inner, int times, Func<AuthSessionId, Task> meanwhile) : IAuthStateStore
{
    public int Enumerations { get; private set; }

    public async IAsyncEnumerable<AuthRecord> EnumerateAsync(
        AuthSessionId session, string? type = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var change = Enumerations++ < times;
        await foreach (var record in inner.EnumerateAsync(session, type, cancellationToken))
        {
            if (change)
                await meanwhile(session);
            change = false;
            yield return record;
        }
    }

    public ValueTask<AuthSession> OpenAsync(AuthSessionId session, CancellationToken cancellationToken = default) =>
        inner.OpenAsync(session, cancellationToken);

    public ValueTask<AuthRecord> GetAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken = default) =>
        inner.GetAsync(session, key, cancellationToken);

    public ValueTask<AuthRecordSet> GetManyAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, CancellationToken cancellationToken = default) =>
        inner.GetManyAsync(session, keys, cancellationToken);

    public ValueTask<CommitReceipt> CommitAsync(AuthSessionId session, AuthPatch patch, CancellationToken cancellationToken = default) =>
        inner.CommitAsync(session, patch, cancellationToken);

    public ValueTask<AuthSessionInfo> ImportAsync(AuthSessionId session, IAsyncEnumerable<AuthEntry> entries, CancellationToken cancellationToken = default) =>
        inner.ImportAsync(session, entries, cancellationToken);

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
