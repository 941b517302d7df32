namespace HybridStore.MongoDb.Writing;

/// <summary>
/// Lets the transactions of one session, as far as they are this process', come one after the other: side by side, all but one would be told to begin again. A few
/// sessions share a turn.
/// </summary>
internal sealed class SessionTurns
{
    private const int Count = 256;
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, Count).Select(static _ => new SemaphoreSlim(1, 1))];

    public async ValueTask<Turn> TakeAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        var turn = _turns[(uint)session.GetHashCode() % Count];
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new Turn(turn);
    }

    internal readonly struct Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
