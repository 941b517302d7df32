using HybridStore.Tiers;
using Microsoft.Extensions.Logging;

namespace HybridStore.Redis.Hot;

/// <summary>The channel of each session. A connection that was lost for a while has missed what was said meanwhile, and everybody who listens is told so.</summary>
internal sealed class RedisChanges : IHotChanges
{
    private readonly HotCalls _calls;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly List<RedisSubscription> _subscriptions = [];

    public RedisChanges(HotCalls calls, ILogger logger)
    {
        _calls = calls;
        _logger = logger;
        calls.Connection.Interrupted += TellAll;
    }

    public async ValueTask<IAsyncDisposable> SubscribeAsync(AuthSessionId session, Action<HotChange> onChange, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(onChange);
        var place = _calls.PlaceOf(session);
        var deadline = _calls.Connection.StartCall();
        await _calls.Connection.RunAsync(deadline, cancellationToken).ConfigureAwait(false);
        var subscription = new RedisSubscription(_calls.Connection, place.Channel, onChange, _logger, Remove);
        // Before it listens: what is interrupted while it begins is told too.
        lock (_gate)
            _subscriptions.Add(subscription);
        try
        {
            await subscription.StartAsync(deadline, cancellationToken).ConfigureAwait(false);
            return subscription;
        }
        catch
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void Remove(RedisSubscription subscription)
    {
        lock (_gate)
            _subscriptions.Remove(subscription);
    }

    private void TellAll()
    {
        RedisSubscription[] all;
        lock (_gate)
            all = [.. _subscriptions];
        foreach (var subscription in all)
            subscription.Take(HotChange.Unknown);
    }
}
