using HybridStore.Tiers;

namespace HybridStore.Conformance;

/// <summary>
/// What one durable, shared hot server holds, as the contracts of <see cref="IHotTier"/>, <see cref="IHotOutbox"/> and <see cref="IHotChanges"/> describe it: every call is
/// one step under a lock. A reference to test against, which can be made to fail and to lie, and holds everything in memory; not for use.
/// </summary>
/// <param name="clock">The server's clock.</param>
public sealed class ModelHotServer(TimeProvider clock)
{
    private readonly Lock _sync = new();
    private readonly List<ModelHotSubscription> _subscriptions = [];
    private Dictionary<AuthSessionId, ModelHotSession> _sessions = [];
    private int _runs;
    private volatile bool _isDown;

    /// <summary>The present run.</summary>
    public string RunId { get; private set; } = "run-0";

    /// <summary>What <see cref="IHotOutbox.KeepsEverything"/> says; <see langword="false"/> by default.</summary>
    public bool KeepsEverything { get; set; }

    /// <summary>Whether nobody reaches the server. A call that it has made already, while it goes down, loses its reply.</summary>
    public bool IsDown
    {
        get => _isDown;
        set
        {
            var isBack = _isDown && !value;
            _isDown = value;
            if (isBack)
                TellAll();
        }
    }

    /// <summary>Called while a request is on its way: what it waits for, the request waits for; what it throws, the call throws, and the server was never asked.</summary>
    public Func<TierOperation, Task>? OnRequest { get; set; }

    /// <summary>Called while a reply is on its way, after the server has done it: what it throws, the call throws.</summary>
    public Func<TierOperation, Task>? OnReply { get; set; }

    /// <summary>Connects another process.</summary>
    public ModelHotTier Connect() => new(this);

    /// <summary>Loses everything in the middle of a run, as a flush by hand does.</summary>
    public void Flush()
    {
        lock (_sync)
            _sessions = [];
        TellAll();
    }

    /// <summary>Stops and comes back with all it had, as another run.</summary>
    public void Restart() => Restore(TakeSnapshot());

    /// <summary>What the server holds now: a file on its disk, or what a replica has got so far.</summary>
    public ModelHotSnapshot TakeSnapshot()
    {
        lock (_sync)
            return new ModelHotSnapshot(Copy(_sessions));
    }

    /// <summary>Comes back with an older state, as another run: after a crash, or as the replica that took over.</summary>
    /// <param name="snapshot">The state; it can be restored again.</param>
    public void Restore(ModelHotSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        lock (_sync)
        {
            _sessions = Copy(snapshot.Sessions);
            RunId = $"run-{++_runs}";
        }

        TellAll();
    }

    /// <summary>Loses the records and meta of a session and nothing else, as a server does that runs out of memory.</summary>
    /// <param name="session">The session.</param>
    public void DropRecords(AuthSessionId session)
    {
        lock (_sync)
        {
            if (_sessions.TryGetValue(session, out var held))
                held.DropRecords();
        }
    }

    /// <summary>Lets every session expire that may, as if nobody had used it for long.</summary>
    public void ExpireIdle()
    {
        lock (_sync)
        {
            foreach (var (session, _) in _sessions.Where(static s => s.Value.MayExpire).ToList())
                _sessions.Remove(session);
        }
    }

    internal DateTimeOffset Now => clock.GetUtcNow();

    internal async ValueTask<T> AskAsync<T>(TierOperation operation, Func<ModelHotStep, T> step, Func<Exception, Exception> replyLost, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (OnRequest is { } onRequest)
            await onRequest(operation);
        if (IsDown)
            throw Down();

        var answer = Make(step);
        try
        {
            if (OnReply is { } onReply)
                await onReply(operation);
            return IsDown ? throw Down() : answer;
        }
        catch (StoreUnavailableException e)
        {
            throw replyLost(e);
        }
    }

    internal void Subscribe(ModelHotSubscription subscription)
    {
        lock (_sync)
            _subscriptions.Add(subscription);
    }

    internal void Unsubscribe(ModelHotSubscription subscription)
    {
        lock (_sync)
            _subscriptions.Remove(subscription);
    }

    private T Make<T>(Func<ModelHotStep, T> make)
    {
        ModelHotSubscription[] told;
        T answer;
        lock (_sync)
        {
            var step = new ModelHotStep(_sessions, RunId, Now);
            answer = make(step);
            told = [.. _subscriptions.Where(s => step.Changes.Any(c => s.Take(c.Session, c.Change)))];
        }

        foreach (var subscription in told)
            subscription.Deliver();
        return answer;
    }

    // The connection was lost, or what is held is not what it was: anything may have changed.
    private void TellAll()
    {
        ModelHotSubscription[] told;
        lock (_sync)
            told = [.. _subscriptions.Where(static s => s.Take(s.Session, HotChange.Unknown))];
        foreach (var subscription in told)
            subscription.Deliver();
    }

    private static Dictionary<AuthSessionId, ModelHotSession> Copy(Dictionary<AuthSessionId, ModelHotSession> sessions) =>
        sessions.ToDictionary(static s => s.Key, static s => s.Value.Copy());

    private static StoreUnavailableException Down() => new(ModelHotTier.TierName, "It is down.");
}
