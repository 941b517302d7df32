using System.Runtime.CompilerServices;
using HybridStore.Tiers;

namespace HybridStore.InMemory;

/// <summary>The history, as part of what is held of each session.</summary>
internal sealed class ColdMemoryHistoryReader(ColdMemory memory) : IColdHistory
{
    public IAsyncEnumerable<AuthHistoryVersion> ListAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        ReadAsync(session, static history => history.Versions.Values.Reverse(), cancellationToken);

    public IAsyncEnumerable<AuthRecordVersion> ListAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken)
    {
        ColdInput.Check([key]);
        return ReadAsync(session, history => history.Of(key), cancellationToken);
    }

    public IAsyncEnumerable<SealedRecord> EnumerateReplacedAsync(AuthSessionId session, long version, CancellationToken cancellationToken) =>
        ReadAsync(session, history => history.ReplacedSince(version), cancellationToken);

    private async IAsyncEnumerable<T> ReadAsync<T>(
        AuthSessionId session, Func<ColdMemoryHistory, IEnumerable<T>> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        await Task.CompletedTask.ConfigureAwait(false);
        if (memory.Find(session).HistoryUpToNow is not { } history)
            yield break;
        foreach (var item in read(history))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return item;
        }
    }
}
