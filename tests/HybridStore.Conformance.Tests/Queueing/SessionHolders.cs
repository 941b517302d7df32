using System.Collections.Concurrent;

namespace HybridStore.Conformance.Tests;

/// <summary>Which of a test's processes holds which session now. One that wants to write has the one before it let go first.</summary>
internal sealed class SessionHolders
{
    private readonly ConcurrentDictionary<AuthSessionId, Holder> _holders = new();

    public async ValueTask<Holder> EnterAsync(AuthSessionId session, CancellationToken cancellationToken)
    {
        var holder = _holders.GetOrAdd(session, static id => new Holder(id));
        await holder.EnterAsync(cancellationToken);
        return holder;
    }

    /// <summary>Has everybody let go of everything.</summary>
    public async ValueTask LetGoAsync()
    {
        foreach (var session in _holders.Keys)
        {
            using var turn = await EnterAsync(session, CancellationToken.None);
            await turn.LetGoAsync();
        }
    }

    /// <summary>The turn to write a session; it ends when this is disposed of, and the session stays held.</summary>
    internal sealed class Holder(AuthSessionId session) : IDisposable
    {
        private readonly SemaphoreSlim _turn = new(1);
        private IAuthStateStore? _store;
        private AuthSession? _handle;

        public Task EnterAsync(CancellationToken cancellationToken) => _turn.WaitAsync(cancellationToken);

        /// <summary>Has the session held by a store, if it is not already.</summary>
        /// <returns><see langword="null"/> if that store has lost its lease: it has not heard yet why.</returns>
        public async ValueTask<AuthSession?> HoldAsync(IAuthStateStore store, CancellationToken cancellationToken)
        {
            if (_handle is { } held && _store == store)
                return held.HoldsLease ? held : null;
            await LetGoAsync();
            _handle = await store.OpenAsync(session, cancellationToken);
            _store = store;
            return _handle;
        }

        public async ValueTask LetGoAsync()
        {
            if (_handle is { } held)
                await held.DisposeAsync();
            _handle = null;
        }

        public void Dispose() => _turn.Release();
    }
}
