using StackExchange.Redis;

namespace HybridStore.Redis.Hot;

/// <summary>Where a session is: the names of its keys and of its channel, all of one slot.</summary>
internal sealed class SessionPlace
{
    public SessionPlace(string prefix, AuthSessionId session)
    {
        // Escaped, each by itself, there is no slash and no brace but ours: two sessions never share a name, and a cluster hashes nothing but the session.
        var common = $"{prefix}:{{{Uri.EscapeDataString(session.Tenant)}/{Uri.EscapeDataString(session.Session)}}}";
        Records = common + ":r";
        Outbox = common + ":o";
        Channel = common + ":e";
        Keys = [Records, Outbox];
        ChannelValue = Channel;
    }

    /// <summary>The hash of the control field, the records and what else is remembered.</summary>
    public string Records { get; }

    /// <summary>The stream of what cold has not taken.</summary>
    public string Outbox { get; }

    /// <summary>Where changes are told.</summary>
    public string Channel { get; }

    /// <summary>The same, as a script's argument.</summary>
    public RedisValue ChannelValue { get; }

    /// <summary>The keys of every script. Nobody changes them.</summary>
    public RedisKey[] Keys { get; }
}
