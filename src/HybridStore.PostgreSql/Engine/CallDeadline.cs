namespace HybridStore.PostgreSql.Engine;

/// <summary>Until when a call may go on, and whether its caller still wants it.</summary>
internal sealed class CallDeadline : IDisposable
{
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _both;

    public CallDeadline(TimeSpan timeout, TimeProvider time, CancellationToken caller)
    {
        _timeout = new CancellationTokenSource(timeout, time);
        _both = CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token, caller);
        Caller = caller;
    }

    public CancellationToken Caller { get; }

    /// <summary>The time is over.</summary>
    public CancellationToken Timeout => _timeout.Token;

    /// <summary>The time is over, or the caller gave up.</summary>
    public CancellationToken Token => _both.Token;

    /// <summary>Whether it is the caller who ended it.</summary>
    public bool IsGivenUp => Caller.IsCancellationRequested && !_timeout.IsCancellationRequested;

    public void Dispose()
    {
        _both.Dispose();
        _timeout.Dispose();
    }
}
