using HybridStore.Diagnostics;
using HybridStore.Sessions;
using Microsoft.Extensions.Logging;

namespace HybridStore.Outbox;

/// <summary>Drains what this process has queued: at once, many sessions side by side, and again later where cold did not answer.</summary>
/// <param name="drain">Brings one batch of one session to cold.</param>
/// <param name="keepInHot">Gives hot again what it may have lost; never throws.</param>
/// <param name="time">The clock.</param>
/// <param name="runsInline">Whether a scheduler drives every step.</param>
/// <param name="logger">Where to log.</param>
/// <remarks>
/// A session is in it once, from its first queued commit until its queue is empty. What is queued meanwhile goes along with the next batch: under load, batches
/// grow by themselves, and nothing waits to be coalesced.
/// </remarks>
internal sealed class OutboxDrainer(
    OutboxDrain drain, Func<HeldLease, ValueTask> keepInHot, TimeProvider time, bool runsInline, ILogger logger) : IAsyncDisposable
{
    // As many as a cold tier groups well; each waits for its own commit only.
    private const int SideBySide = 64;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(15);

    private readonly Lock _sync = new();
    private readonly Queue<HeldLease> _waiting = new();
    private readonly IdleAcknowledger _acknowledger = new(drain, time, logger);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running = 1; // Itself, until it is disposed of.
    private int _workers;
    private CancellationTokenSource _waking = new();

    /// <summary>Sees to it that what a lease has queued is drained. Does not wait.</summary>
    public void Schedule(HeldLease lease)
    {
        if (lease.Queue!.TryBeginDraining())
            Enqueue(lease);
    }

    /// <summary>Waits until cold has everything that a lease has queued.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="timeout">How long.</param>
    /// <returns>Whether it has.</returns>
    public async ValueTask<bool> WaitAsync(HeldLease lease, TimeSpan timeout)
    {
        var begun = time.GetTimestamp();
        var delay = FirstDelay;
        while (true)
        {
            var step = await drain.AdvanceAsync(lease, CancellationToken.None).ConfigureAwait(false);
            if (step == DrainStep.Advanced)
                continue;
            var left = timeout - time.GetElapsedTime(begun);
            if (step is DrainStep.Empty or DrainStep.Over || left <= TimeSpan.Zero)
            {
                // Whoever waits is about to give the session back, or to look: hot is to know by then.
                await drain.AcknowledgeAsync(lease.Queue!).ConfigureAwait(false);
                return lease.Queue!.IsEmpty;
            }

            await Task.Delay(delay < left ? delay : left, time).ConfigureAwait(false);
            delay *= 2;
        }
    }

    /// <summary>Tries at once what waits because cold did not answer: it may again.</summary>
    public void Wake()
    {
        CancellationTokenSource waking;
        lock (_sync)
        {
            if (_stopping.IsCancellationRequested)
                return;
            (waking, _waking) = (_waking, new CancellationTokenSource());
        }

        // On another thread, or at another moment: whoever waits goes on here, and the caller has only found out that cold answers.
        if (runsInline)
            _ = time.CreateTimer(static w => ((CancellationTokenSource)w!).Cancel(), waking, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        else
            _ = Task.Run(waking.Cancel);
    }

    /// <summary>Stops. What is queued stays in hot.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        Ended();
        await _stopped.Task.ConfigureAwait(false);
        await _acknowledger.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void Enqueue(HeldLease lease)
    {
        lock (_sync)
        {
            if (_stopping.IsCancellationRequested)
                return;
            _waiting.Enqueue(lease);
            if (_workers >= SideBySide)
                return;
            _workers++;
        }

        Run(WorkAsync);
    }

    private void Run(Func<Task> work)
    {
        Interlocked.Increment(ref _running);
        if (runsInline)
            _ = RunAsync(work);
        else
            ThreadPool.UnsafeQueueUserWorkItem(static run => _ = run.Me.RunAsync(run.work), (Me: this, work), preferLocal: false);
    }

    private async Task RunAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            Ended();
        }
    }

    private void Ended()
    {
        if (Interlocked.Decrement(ref _running) == 0)
            _stopped.TrySetResult();
    }

    private async Task WorkAsync()
    {
        while (true)
        {
            HeldLease? lease;
            lock (_sync)
            {
                if (_stopping.IsCancellationRequested || !_waiting.TryDequeue(out lease))
                {
                    _workers--;
                    return;
                }
            }

            try
            {
                await DrainAsync(lease).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // A session that fails here must not end the draining of the others.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Log.NotDrained(logger, e, lease.Ref.Session);
                Later(lease, Waking());
            }
        }
    }

    private async ValueTask DrainAsync(HeldLease lease)
    {
        var queue = lease.Queue!;
        while (true)
        {
            // Before cold is asked: what wakes meanwhile is not slept through.
            var waking = Waking();
            var step = await drain.AdvanceAsync(lease, CancellationToken.None).ConfigureAwait(false);
            switch (step)
            {
                case DrainStep.Advanced:
                    queue.RetryDelay = FirstDelay;
                    break;

                case DrainStep.ColdUnavailable or DrainStep.Refused:
                    Later(lease, waking);
                    return;

                default:
                    queue.EndDraining();

                    // What was queued between the last look and now has found it draining still.
                    if (step == DrainStep.Empty && !queue.IsEmpty && queue.TryBeginDraining())
                        break;
                    _acknowledger.Add(lease);
                    return;
            }
        }
    }

    // Without a worker, so that sessions which wait hold up none that could be drained.
    private void Later(HeldLease lease, CancellationToken waking)
    {
        var queue = lease.Queue!;
        var delay = queue.RetryDelay < FirstDelay ? FirstDelay : queue.RetryDelay;
        queue.RetryDelay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
        Run(async () =>
        {
            try
            {
                // What hot lost while cold is down is only here: it goes back there first.
                await keepInHot(lease).ConfigureAwait(false);
                using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, waking);
                await (runsInline ? DelayInlineAsync(delay, ending.Token) : Task.Delay(delay, time, ending.Token)).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                if (_stopping.IsCancellationRequested)
                    return;
                queue.RetryDelay = FirstDelay;
            }

            Enqueue(lease);
        });
    }

    // A delay that is cancelled goes on on another thread.
    private async Task DelayInlineAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        var over = new TaskCompletionSource();
        using var timer = time.CreateTimer(static o => ((TaskCompletionSource)o!).TrySetResult(), over, delay, Timeout.InfiniteTimeSpan);
        using var cancelled = cancellationToken.Register(static o => ((TaskCompletionSource)o!).TrySetCanceled(), over);
        await over.Task.ConfigureAwait(false);
    }

    private CancellationToken Waking()
    {
        lock (_sync)
            return _waking.Token;
    }
}
