using StackExchange.Redis;

namespace HybridStore.Redis.Hot;

/// <summary>Where a session is: the names of its keys and of its channel, all of one slot.</summary>
internal readonly struct SessionPlace
{
    public SessionPlace(string prefix, AuthSessionId session)
    {
        // Escaped, each by itself, there is no slash and no brace but ours: two sessions never share a name, and a cluster hashes nothing but the session.
        var common = $"{prefix}:{{{Uri.EscapeDataString(session.Tenant)}/{Uri.EscapeDataString(session.Session)}}}";
        Records = common + ":r";
        Outbox = common + ":o";
        Channel = common + ":e";
    }

    /// <summary>The hash of the control field, the records and what else is remembered.</summary>
    public string Records { get; }

    /// <summary>The stream of what cold has not taken.</summary>
    public string Outbox { get; }

    /// <summary>Where changes are told.</summary>
    public string Channel { get; }

    public RedisKey[] Keys => [Records, Outbox];
}
