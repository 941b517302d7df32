using StackExchange.Redis;

namespace HybridStore.Redis.Connection;

/// <summary>Reads a connection string without ever showing it: it may hold a password.</summary>
internal static class RedisOptionsParser
{
    public static ConfigurationOptions Parse(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        if (RedisUrl.Is(connectionString))
            return RedisUrl.Parse(connectionString);
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(connectionString);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or InvalidOperationException)
        {
            // Its message names the part that it did not understand, which may be a password with a comma in it; so may the exception inside.
            throw new ArgumentException(
                "The Redis connection string is not understood. It is of the form host:port,option=value, such as localhost:6379,password=...,ssl=true; "
                + "a password with a comma in it is set with ConfigurationOptions.",
                nameof(connectionString));
        }

        return options.EndPoints.Count > 0 ? options : throw new ArgumentException("The Redis connection string names no server.", nameof(connectionString));
    }

    /// <summary>What the tier needs of a connection of its own: it starts without a server, and never gives up.</summary>
    public static ConfigurationOptions Own(ConfigurationOptions options, RedisHotTierOptions tier)
    {
        var own = options.Clone();
        own.AbortOnConnectFail = false;
        // One round: it ends after ConnectTimeout at the latest, and who made it is told why it failed. Each further round of the driver begins with what the one before
        // left half done, may take as long again, and covers up a reason such as a refused password. The driver connects again by itself after the first.
        own.ConnectRetry = 1;
        own.ReconnectRetryPolicy = new ReconnectBackoff(tier.MaxReconnectDelay);
        // To read INFO and CONFIG of each server. Nothing else of an administrator's is called.
        own.AllowAdmin = true;
        // The scripts publish under our own name.
        own.ChannelPrefix = default;
        own.ClientName ??= "hybridstore";
        Backlog.SwitchOff(own);
        AnswerTimeout.Raise(own, tier.OperationTimeout);
        return own;
    }
}
