using System.Collections.Concurrent;
using HybridStore.Tiers;

namespace HybridStore.Conformance;

/// <summary>Who listens for the changes of one session.</summary>
internal sealed class ModelHotSubscription(ModelHotServer server, AuthSessionId session, Action<HotChange> onChange) : IAsyncDisposable
{
    private readonly ConcurrentQueue<HotChange> _waiting = new();
    private readonly Lock _oneAtATime = new();
    private bool _isOver;

    public AuthSessionId Session => session;

    /// <summary>Takes a message in the order of the server's steps, if it is for this one.</summary>
    public bool Take(AuthSessionId changed, HotChange change)
    {
        if (changed != session)
            return false;
        _waiting.Enqueue(change);
        return true;
    }

    /// <summary>Passes on what waits. Outside the server's lock: who listens may ask the server.</summary>
    public void Deliver()
    {
        lock (_oneAtATime)
        {
            while (!_isOver && _waiting.TryDequeue(out var change))
                onChange(change);
        }
    }

    public ValueTask DisposeAsync()
    {
        server.Unsubscribe(this);
        lock (_oneAtATime)
            _isOver = true;
        return ValueTask.CompletedTask;
    }
}
