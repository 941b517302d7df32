using StackExchange.Redis;

namespace HybridStore.Redis.Connection;

/// <summary>Pauses between attempts to connect: growing, capped, and of random length, so that many processes don't come back in step. Never gives up.</summary>
internal sealed class ReconnectBackoff(TimeSpan longest) : IReconnectRetryPolicy
{
    // The driver asks about once a second, and takes a yes while it is connecting as the order to begin anew: shorter, and a slow handshake never ends.
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);

    /// <summary>The pause before an attempt: between the half and the whole of what the count says.</summary>
    public TimeSpan DelayBefore(long attempt)
    {
        var whole = Math.Min(longest.TotalMilliseconds, First.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 30)));
#pragma warning disable CA5394 // Jitter is no secret.
        return TimeSpan.FromMilliseconds(whole * (0.5 + (Random.Shared.NextDouble() / 2)));
#pragma warning restore CA5394
    }

    public bool ShouldRetry(long currentRetryCount, int timeElapsedMillisecondsSinceLastRetry) =>
        timeElapsedMillisecondsSinceLastRetry >= DelayBefore(currentRetryCount).TotalMilliseconds;
}
