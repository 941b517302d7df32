using StackExchange.Redis;

namespace HybridStore.Redis.Connection;

/// <summary>
/// From 2.5 on the driver keeps what it is asked without a connection, to send it later. Here a call fails at once instead, as it does with older ones: who
/// waits hears why there is no connection and that nothing was done, and nothing is sent that nobody waits for any more.
/// </summary>
internal static class Backlog
{
    /// <summary>Switches it off where the driver has one. It is found by name, since older ones don't have it.</summary>
    public static void SwitchOff(ConfigurationOptions options)
    {
        if (typeof(ConfigurationOptions).GetProperty("BacklogPolicy") is { CanWrite: true } policy
            && Type.GetType("StackExchange.Redis.BacklogPolicy, StackExchange.Redis")?.GetProperty("FailFast")?.GetValue(null) is { } failFast)
        {
            policy.SetValue(options, failFast);
        }
    }
}
