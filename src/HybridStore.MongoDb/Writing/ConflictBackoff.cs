namespace HybridStore.MongoDb.Writing;

/// <summary>Pauses between attempts: short at first, since who was in the way is mostly done at once; growing, and of random length, so that two do not meet again.</summary>
internal sealed class ConflictBackoff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(250);

    private TimeSpan _longest = First;

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
#pragma warning disable CA5394 // Nothing secret: it only spreads the attempts.
        var pause = _longest * Random.Shared.NextDouble();
#pragma warning restore CA5394
        _longest = TimeSpan.FromTicks(Math.Min(_longest.Ticks * 2, Longest.Ticks));
        await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
    }
}
