using System.Collections.Concurrent;
using HybridStore.Diagnostics;
using HybridStore.Tiers;
using Microsoft.Extensions.Logging;

namespace HybridStore.Outbox;

/// <summary>Looks, now and then, for sessions whose holder is gone and left queued commits behind, and has them taken over, drained and given back.</summary>
/// <remarks>Any process does it: cold's lease decides who takes which session. They are found through cold's ahead marks, never by searching hot.</remarks>
internal sealed class OutboxReconciler : IAsyncDisposable
{
    // A pass takes no more than this: after a crash of many bots, every process takes its share, and the next pass goes on.
    private const int MostInOnePass = 256;

    private readonly IColdLeases _leases;
    private readonly Func<AuthSessionId, ValueTask> _reconcile;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TaskCreationOptions _continuations;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<AuthSessionId, TaskCompletionSource> _busy = new();
    private Task _loop = Task.CompletedTask;

    public OutboxReconciler(IColdLeases leases, Func<AuthSessionId, ValueTask> reconcile, TimeSpan interval, TimeProvider time, ILogger logger, TaskCreationOptions continuations)
    {
        _leases = leases;
        _reconcile = reconcile;
        _interval = interval;
        _time = time;
        _logger = logger;
        _continuations = continuations;
    }

    public void Start()
    {
        if (_interval != Timeout.InfiniteTimeSpan)
            _loop = LoopAsync();
    }

    /// <summary>Waits until the session is not being reconciled here, so that who opens it is not refused by its own process.</summary>
    public ValueTask LetGoAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        _busy.TryGetValue(session, out var busy) ? new ValueTask(busy.Task.WaitAsync(cancellationToken)) : ValueTask.CompletedTask;

    /// <summary>Makes one pass.</summary>
    public async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        // Collected first: a tier may not like to be written to while it is listed. Where there are more, any of them with the same chance, so that
        // sessions which can't be taken over now don't keep the others from it pass after pass.
        var found = new List<AuthSessionId>();
        var seen = 0;
        await foreach (var session in _leases.ListAheadAsync(unheldOnly: true, cancellationToken).ConfigureAwait(false))
        {
            seen++;
            if (found.Count < MostInOnePass)
                found.Add(session.Id);
            else if (Random.Shared.Next(seen) is var place && place < MostInOnePass)
                found[place] = session.Id;
        }

        foreach (var session in found)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var done = new TaskCompletionSource(_continuations);
            if (!_busy.TryAdd(session, done))
                continue;
            try
            {
                await _reconcile(session).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // One session that can't be taken over now must not keep the others.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.SessionNotReconciled(_logger, e, session);
            }
            finally
            {
                _busy.TryRemove(session, out _);
                done.SetResult();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task LoopAsync()
    {
        while (true)
        {
            try
            {
                // Not in step with the other processes that started together.
                await Task.Delay(_interval * (0.9 + (Random.Shared.NextDouble() * 0.2)), _time, _stopping.Token).ConfigureAwait(false);
                await PassAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Whatever it is, the next pass tries again.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.NotReconciled(_logger, e);
            }
        }
    }
}
