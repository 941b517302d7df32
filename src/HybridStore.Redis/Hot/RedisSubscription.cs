using System.Collections.Concurrent;
using System.Globalization;
using HybridStore.Redis.Connection;
using HybridStore.Redis.Diagnostics;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace HybridStore.Redis.Hot;

/// <summary>Somebody who listens for the changes of one session.</summary>
internal sealed class RedisSubscription(RedisConnection connection, string channel, Action<HotChange> onChange, ILogger logger, Action<RedisSubscription> removed)
    : IAsyncDisposable
{
    private readonly ConcurrentQueue<HotChange> _waiting = new();
    private int _telling;
    private volatile bool _isOver;

    private RedisChannel Channel => new(channel, RedisChannel.PatternMode.Literal);

    public async Task StartAsync(Deadline deadline, CancellationToken cancellationToken)
    {
        try
        {
            await deadline.WaitAsync(Done(connection.Subscriber.SubscribeAsync(Channel, OnMessage, CommandFlags.None)), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (RedisErrors.IsOurs(e) && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            throw RedisErrors.Translate(e, "Subscribe", connection.Servers);
        }
    }

    /// <summary>Takes a change and tells it, on another thread: the one that it came on is the connection's.</summary>
    public void Take(HotChange change)
    {
        if (_isOver)
            return;
        _waiting.Enqueue(change);
        if (Interlocked.Exchange(ref _telling, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static s => s.Tell(), this, preferLocal: false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isOver)
            return;
        _isOver = true;
        removed(this);
        try
        {
            await connection.StartCall().WaitAsync(Done(connection.Subscriber.UnsubscribeAsync(Channel, OnMessage, CommandFlags.None)), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (RedisErrors.IsOurs(e) || e is StoreUnavailableException)
        {
            // Nobody listens any more, whether the server knows it or not.
        }
    }

    private static async Task<bool> Done(Task task)
    {
        await task.ConfigureAwait(false);
        return true;
    }

    private void OnMessage(RedisChannel from, RedisValue message)
    {
        var parts = ((string?)message ?? "").Split(' ');
        Take(parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var incarnation)
            && long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? new HotChange(incarnation, version)
            : HotChange.Unknown);
    }

    // One at a time, and none is forgotten: who finds the queue empty looks again after it has said so.
    private void Tell()
    {
        do
        {
            while (_waiting.TryDequeue(out var change))
            {
                try
                {
                    if (!_isOver)
                        onChange(change);
                }
#pragma warning disable CA1031 // A listener's fault must not end the messages of this one and of others.
                catch (Exception e)
#pragma warning restore CA1031
                {
                    Log.ListenerFailed(logger, e);
                }
            }

            Volatile.Write(ref _telling, 0);
        }
        while (!_waiting.IsEmpty && Interlocked.Exchange(ref _telling, 1) == 0);
    }
}
