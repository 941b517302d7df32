using System.Security.Authentication;
using StackExchange.Redis;

namespace HybridStore.Redis.Connection;

/// <summary>Turns the driver's errors into the store's, with the culprit named and no secret: a server's reply may repeat what was sent to it.</summary>
internal static class RedisErrors
{
    public const string TierName = "redis";

    /// <summary>What the scripts reply where something else is under our name.</summary>
    public const string Foreign = "HSFOREIGN";

    private static readonly (string Code, StoreUnusableReason? Reason, string Meaning)[] Replies =
    [
        (Foreign, StoreUnusableReason.NotOurs, "there is something under the session's key that this version of the library did not write; choose another key prefix, or update the library"),
        ("WRONGTYPE", StoreUnusableReason.NotOurs, "there is something of another type under the session's key; choose another key prefix"),
        ("READONLY", StoreUnusableReason.ReadOnly, "the server is a replica and takes no writes (READONLY)"),
        ("OOM", StoreUnusableReason.Full, "the server has no memory left for it (OOM); raise maxmemory, or let it evict what has an expiry (volatile-lru)"),
        ("MISCONF", StoreUnusableReason.ReadOnly, "the server can't save to its disk and takes no writes (MISCONF)"),
        ("NOREPLICAS", StoreUnusableReason.ReadOnly, "too few replicas are connected, so that the server takes no writes (NOREPLICAS)"),
        ("LOADING", null, "the server is still loading its data (LOADING)"),
        ("MASTERDOWN", null, "the replica has lost its master (MASTERDOWN)"),
        ("CLUSTERDOWN", null, "the cluster is down (CLUSTERDOWN)"),
        ("MOVED", null, "the cluster's slots are moving (MOVED)"),
        ("ASK", null, "the cluster's slots are moving (ASK)"),
        ("TRYAGAIN", null, "the cluster's slots are moving (TRYAGAIN)"),
        ("NOAUTH", StoreUnusableReason.ReadOnly, "the server asks for a password, and none was given (NOAUTH)"),
        ("WRONGPASS", StoreUnusableReason.ReadOnly, "the server refuses the password (WRONGPASS)"),
        ("NOPERM", StoreUnusableReason.ReadOnly, "the server's user is not allowed to do that (NOPERM)"),
        // What a script's user lacks has no code of its own.
        ("executing the script can't run", StoreUnusableReason.ReadOnly, "the server's user is not allowed to do that (NOPERM)"),
        ("ACL failure in script", StoreUnusableReason.ReadOnly, "the server's user is not allowed to do that (NOPERM)"),
        ("BUSY", null, "the server is busy with a script (BUSY)"),
        ("NOSCRIPT", null, "the server did not keep the scripts that were just loaded (NOSCRIPT)"),
    ];

    /// <summary>Whether the server says that it will answer otherwise before long.</summary>
    public static bool IsPassing(Exception e) => e is RedisServerException && Array.Exists(Replies, r => r.Reason is null && Has(e.Message, r.Code));

    public static bool IsNoScript(Exception e) => e is RedisServerException && Has(e.Message, "NOSCRIPT");

    /// <summary>Whether another server is to be written to than the one that was thought.</summary>
    public static bool IsOtherMaster(Exception e) => e is RedisServerException && (Has(e.Message, "READONLY") || Has(e.Message, "MOVED") || Has(e.Message, "LOADING"));

    /// <summary>Whether the command was certainly not carried out. Everything else may have been.</summary>
    public static bool IsRefusal(Exception e) => e switch
    {
        RedisServerException or RedisCommandException => true,
        // What could not be sent for lack of a connection.
        RedisConnectionException c => c.FailureType == ConnectionFailureType.UnableToResolvePhysicalConnection,
        StoreUnavailableException or StoreUnusableException => true,
        _ => false,
    };

    /// <summary>Whether it is the driver's or a deadline's.</summary>
    public static bool IsOurs(Exception e) =>
        e is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException or OperationCanceledException;

    /// <summary>Why there is no connection, as far as the driver tells; what it tells is looked through, and not passed on.</summary>
    public static string? ReasonOf(Exception? e)
    {
        // The driver has one kind of failure for a certificate and for a password.
        for (var inner = e; inner is not null; inner = inner.InnerException)
        {
            if (inner is AuthenticationException)
                return "the TLS handshake failed: the server's certificate is not trusted or is another host's (option sslHost), or they have no protocol in common";
        }

        string? reason = null;
        for (; e is not null; e = e.InnerException)
        {
            if (e is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } || Has(e.Message, "NOAUTH") || Has(e.Message, "WRONGPASS"))
                return "the server refuses the password or user, or asks for one";
            if (e is RedisConnectionException c && c.FailureType is not (ConnectionFailureType.UnableToResolvePhysicalConnection or ConnectionFailureType.None))
                reason = c.FailureType.ToString();
        }

        return reason;
    }

    public static StoreUnavailableException Translate(Exception e, string operation, string servers)
    {
        if (e is StoreUnavailableException already)
            return already;
        foreach (var (code, reason, meaning) in e is RedisServerException ? Replies : [])
        {
            if (Has(e.Message, code))
            {
                var message = $"Redis at {servers} refused ({operation}): {meaning}. Nothing was changed.";
                return new StoreUnavailableException(TierName, message, reason is { } r ? new StoreUnusableException(TierName, r, message) : null);
            }
        }

        return new StoreUnavailableException(TierName, $"Redis at {servers} did not answer ({operation}): {Describe(e)}.");
    }

    private static string Describe(Exception e) => e switch
    {
        RedisConnectionException c => ReasonOf(c) is { } reason ? $"the connection failed: {reason}" : "there is no connection",
        TimeoutException => "the time was over",
        // Only the code in front: what follows may repeat a part of the command.
        RedisServerException => $"the server replied with an error ({Code(e.Message)})",
        RedisCommandException => "the command can't be sent to this server",
        ObjectDisposedException => "the connection was closed",
        _ => e.GetType().Name,
    };

    private static bool Has(string message, string code)
    {
        var at = message.IndexOf(code, StringComparison.Ordinal);
        return at >= 0
            && (at == 0 || !char.IsAsciiLetterOrDigit(message[at - 1]))
            && (at + code.Length == message.Length || !char.IsAsciiLetterOrDigit(message[at + code.Length]));
    }

    private static string Code(string message)
    {
        var end = message.IndexOf(' ', StringComparison.Ordinal);
        var code = end < 0 ? message : message[..end];
        return code.Length <= 32 && code.All(char.IsAsciiLetterUpper) ? code : "ERR";
    }
}
