using HybridStore.Coordination;
using HybridStore.Tiers;

namespace HybridStore.Sessions;

/// <summary>What this process remembers of a session between calls: how far it has seen it, its keys, and a commit whose outcome is unknown.</summary>
internal sealed class SessionState : IDisposable
{
    private readonly Lock _sync = new();
    private SeenMark _seen;
    private SessionKeys? _keys;
    private bool _endWasShown = true;

    /// <summary>Held by whoever changes the session: commits of one session are made one after the other (protocol rule 2).</summary>
    public SemaphoreSlim CommitGate { get; } = new(1, 1);

    /// <summary>The commit that must be repeated before another is taken (protocol rule 6). Needs <see cref="CommitGate"/>.</summary>
    public ColdCommit? Unresolved { get; set; }

    public SeenMark Seen
    {
        get
        {
            lock (_sync)
                return _seen;
        }
    }

    /// <summary>Notes how far the session was seen.</summary>
    /// <param name="mark">Where the session is.</param>
    /// <param name="shown">
    /// Whether the caller learns of it. A writer that only knows a life which has meanwhile ended must be told so before it may begin another,
    /// or its late commit would bring half of a deleted session back (protocol rule 8).
    /// </param>
    /// <returns>Whether that is not behind what was seen already.</returns>
    public bool TryObserve(SeenMark mark, bool shown)
    {
        lock (_sync)
        {
            if (mark < _seen)
                return false;
            var lifeEnded = _seen.Incarnation != 0 && !_seen.IsEnd && (mark.IsEnd || mark.Incarnation > _seen.Incarnation);
            if (shown)
                _endWasShown = true;
            else if (lifeEnded)
                _endWasShown = false;
            _seen = mark;
            return true;
        }
    }

    /// <summary>Whether the caller knows that the life it saw has ended, so that its next commit may begin another.</summary>
    public bool EndWasShown
    {
        get
        {
            lock (_sync)
                return _endWasShown;
        }
    }

    public SessionKeys? KeysOf(long incarnation)
    {
        var keys = Volatile.Read(ref _keys);
        return keys?.Incarnation == incarnation ? keys : null;
    }

    /// <summary>The keys of the life last seen, whichever that is.</summary>
    public SessionKeys? Keys => Volatile.Read(ref _keys);

    public void SetKeys(SessionKeys? keys) => Volatile.Write(ref _keys, keys);

    public void Dispose() => CommitGate.Dispose();
}
