using System.Runtime.CompilerServices;
using HybridStore.Diagnostics;
using HybridStore.Sessions;
using Microsoft.Extensions.Logging;

namespace HybridStore.Outbox;

/// <summary>Tells hot what cold has taken, for sessions of which no next commit comes soon and tells it by the way.</summary>
/// <remarks>
/// A step of hot for each batch that was drained would cost a busy server as much as the commits themselves. Until hot is told, an entry stands there that cold has:
/// whoever takes the session over skips it (protocol rule 1), and whoever reads finds cold to be no less far.
/// </remarks>
internal sealed class IdleAcknowledger : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly OutboxDrain _drain;
    private readonly ILogger _logger;
    private readonly Lock _sync = new();
    private readonly Dictionary<HeldLease, StrongBox<long>> _waiting = [];
    private readonly ITimer _timer;
    private Task _round = Task.CompletedTask;
    private bool _ticking;
    private bool _busy;
    private bool _disposed;

    /// <param name="drain">Tells hot.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    public IdleAcknowledger(OutboxDrain drain, TimeProvider time, ILogger logger)
    {
        _drain = drain;
        _logger = logger;
        _timer = time.CreateTimer(static me => ((IdleAcknowledger)me!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Notes that cold has everything that a lease has queued. Does not wait.</summary>
    public void Add(HeldLease lease)
    {
        lock (_sync)
        {
            if (_disposed || lease.Queue!.HotKnowsBase)
                return;
            _waiting.TryAdd(lease, new StrongBox<long>(lease.Queue.End));
            if (_ticking)
                return;
            _ticking = true;
            _timer.Change(Interval, Interval);
        }
    }

    /// <summary>Stops. What hot was not told it learns from whoever opens the session next.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_sync)
            _disposed = true;
        await _timer.DisposeAsync().ConfigureAwait(false);
        await Volatile.Read(ref _round).ConfigureAwait(false);
    }

    private void Tick()
    {
        List<HeldLease> idle = [];
        lock (_sync)
        {
            if (_disposed || _busy)
                return;
            foreach (var (lease, end) in _waiting)
            {
                var queue = lease.Queue!;
                if (lease.HasEnded || queue.HotKnowsBase)
                    _waiting.Remove(lease);
                else if (queue.End == end.Value)
                    idle.Add(lease);
                else
                    end.Value = queue.End;
            }

            _busy = idle.Count > 0;
            if (_waiting.Count == 0)
            {
                _ticking = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        if (idle.Count > 0)
            Volatile.Write(ref _round, AcknowledgeAsync(idle));
    }

    private async Task AcknowledgeAsync(List<HeldLease> leases)
    {
        try
        {
            foreach (var lease in leases)
            {
                // Hot that does not answer is not asked for all the others as well: they come with the next round.
                if (!await _drain.AcknowledgeAsync(lease.Queue!).ConfigureAwait(false))
                    return;
            }
        }
#pragma warning disable CA1031 // Whatever it is, the next round tries again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.NotAcknowledged(_logger, e);
        }
        finally
        {
            lock (_sync)
                _busy = false;
        }
    }
}
