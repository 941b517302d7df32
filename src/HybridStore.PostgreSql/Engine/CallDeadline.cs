namespace HybridStore.PostgreSql.Engine;

/// <summary>Until when a call may go on, and whether its caller still wants it.</summary>
/// <remarks>
/// The driver cancels what is under way in a callback of the token, which may fail: where the connection breaks just then, it finds its own parts disposed of (seen with Npgsql 10.0.0,
/// <c>NpgsqlConnector.PerformImmediateUserCancellation</c>). On a timer's thread such an exception ends the process, and on the caller's it comes out of their <c>Cancel</c>. So the driver's
/// tokens are none of these two, and what fails in their callbacks ends here: the wait for the call is bounded in any case.
/// </remarks>
internal sealed class CallDeadline : IDisposable
{
    // The server is asked to cancel what takes too long, and often says then that nothing was kept.
    private static readonly TimeSpan ToCancel = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly TimeSpan _length;
    private readonly long _start;
    private readonly CancellationTokenSource _expiry;
    private readonly CancellationTokenSource _timeout = new();
    private readonly CancellationTokenSource _both = new();
    private readonly CancellationTokenRegistration _timeoutEnds;
    private readonly CancellationTokenRegistration _bothEnd;
    private readonly CancellationTokenRegistration _callerEnds;

    public CallDeadline(TimeSpan timeout, TimeProvider time, CancellationToken caller)
    {
        _time = time;
        _length = timeout;
        _start = time.GetTimestamp();
        _expiry = new CancellationTokenSource(timeout, time);
        _bothEnd = _expiry.Token.UnsafeRegister(Stop, _both);
        _timeoutEnds = _expiry.Token.UnsafeRegister(Stop, _timeout);
        _callerEnds = caller.UnsafeRegister(Stop, _both);
        Caller = caller;
    }

    public CancellationToken Caller { get; }

    /// <summary>The time is over.</summary>
    public CancellationToken Timeout => _timeout.Token;

    /// <summary>The time is over, or the caller gave up.</summary>
    public CancellationToken Token => _both.Token;

    /// <summary>Whether it is the caller who ended it.</summary>
    public bool IsGivenUp => Caller.IsCancellationRequested && !_expiry.IsCancellationRequested;

    /// <summary>Waits for what the driver does, which may hang while it asks a server to cancel that hangs as well. It is left behind then, and cleans up by itself.</summary>
    public async Task<T> WaitAsync<T>(Task<T> task, CancellationToken cancellationToken)
    {
        try
        {
            var left = _length - _time.GetElapsedTime(_start) + ToCancel;
            return await task.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time, cancellationToken).ConfigureAwait(false);
        }
        catch when (!task.IsCompleted)
        {
            _ = LeaveBehindAsync(task);
            throw;
        }
    }

    public void Dispose()
    {
        _callerEnds.Dispose();
        _timeoutEnds.Dispose();
        _bothEnd.Dispose();
        _both.Dispose();
        _timeout.Dispose();
        _expiry.Dispose();
    }

    private static void Stop(object? source)
    {
        try
        {
            ((CancellationTokenSource)source!).Cancel();
        }
        catch (AggregateException)
        {
            // The driver's, see above.
        }
    }

    // A connection that nobody wants any more, or an error that nobody looks at.
    private static async Task LeaveBehindAsync<T>(Task<T> task)
    {
        try
        {
            (await task.ConfigureAwait(false) as IDisposable)?.Dispose();
        }
        catch (Exception)
        {
        }
    }
}
