namespace HybridStore.Conformance.Tests;

/// <summary>Moves a manual clock a little whenever somebody waits for it, as a reader does who looks again while a holder drains.</summary>
internal sealed class ClockPump : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    public ClockPump(ManualClock clock) => _running = Task.Run(async () =>
    {
        while (!_stopping.IsCancellationRequested)
        {
            if (clock.HasDelay)
                clock.Advance(Step);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }
    });

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }
}
