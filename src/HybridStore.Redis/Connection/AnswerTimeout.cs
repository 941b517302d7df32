using System.Globalization;
using StackExchange.Redis;

namespace HybridStore.Redis.Connection;

/// <summary>
/// From 2.0 on the driver gives up an answer after a time of its own, five seconds by default. How long a call may take is the tier's option. The driver's other
/// bound, for calls that block, stays as it is: none is made, and it is also how long the driver waits for a server's goodbye.
/// </summary>
internal static class AnswerTimeout
{
    /// <summary>Lets the driver wait at least as long, where it has such a bound. It is found by name, since older ones don't have it.</summary>
    public static void Raise(ConfigurationOptions options, TimeSpan atLeast)
    {
        if (typeof(ConfigurationOptions).GetProperty("AsyncTimeout") is { CanWrite: true } timeout)
            timeout.SetValue(options, Math.Max(Convert.ToInt32(timeout.GetValue(options), CultureInfo.InvariantCulture), (int)atLeast.TotalMilliseconds));
    }
}
