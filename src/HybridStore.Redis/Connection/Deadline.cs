namespace HybridStore.Redis.Connection;

/// <summary>Until when a call may go on: the driver bounds none.</summary>
internal readonly struct Deadline(TimeProvider time, TimeSpan timeout)
{
    private readonly long _start = time.GetTimestamp();

    public TimeProvider Time => time;

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    public TimeSpan Remaining => timeout - Elapsed is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>Waits for what the driver does. Who gives up must not leave an error behind that nobody looks at.</summary>
    public async Task<T> WaitAsync<T>(Task<T> task, CancellationToken cancellationToken)
    {
        try
        {
            return await BoundAsync(task, cancellationToken).ConfigureAwait(false);
        }
        catch when (!task.IsCompleted)
        {
            GiveUp(task);
            throw;
        }
    }

    /// <summary>The same, for who calls <see cref="GiveUp"/> itself when it fails: a step less for what is called most.</summary>
    public Task<T> BoundAsync<T>(Task<T> task, CancellationToken cancellationToken) => task.IsCompleted ? task : task.WaitAsync(Remaining, time, cancellationToken);

    /// <summary>Sees to it that what becomes of a call for which nobody waits any more is looked at.</summary>
    public static void GiveUp(Task? task)
    {
        if (task is { IsCompleted: false })
        {
            _ = task.ContinueWith(
                static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}
