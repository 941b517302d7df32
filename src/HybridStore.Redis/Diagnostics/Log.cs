using Microsoft.Extensions.Logging;

namespace HybridStore.Redis.Diagnostics;

/// <summary>Every log message of the Redis tier. Passwords are never named.</summary>
internal static partial class Log
{
    [LoggerMessage(200, LogLevel.Information, "Redis at {Servers} answers: version {Version}, run {RunId}. Keeps every write over a crash: {KeepsEverything}.", EventName = "RedisConnected")]
    public static partial void Connected(ILogger logger, string servers, string version, string runId, bool keepsEverything);

    [LoggerMessage(201, LogLevel.Warning, "Redis at {Servers} can't be reached ({Reason}); it is tried again for ever.", EventName = "RedisUnreachable")]
    public static partial void Unreachable(ILogger logger, string servers, string reason);

    [LoggerMessage(202, LogLevel.Warning, "{Finding}", EventName = "RedisFinding")]
    public static partial void Finding(ILogger logger, string finding);

    [LoggerMessage(203, LogLevel.Error, "{Finding} Until then it is refused (UnsafeServer).", EventName = "RedisRefused")]
    public static partial void Refused(ILogger logger, string finding);

    [LoggerMessage(204, LogLevel.Error, "A listener for the changes of a session failed.", EventName = "RedisListenerFailed")]
    public static partial void ListenerFailed(ILogger logger, Exception exception);

    [LoggerMessage(
        205,
        LogLevel.Warning,
        "StackExchange.Redis {Version} may, once a connection was lost, give a call the answer of another one. Use 2.0 or newer.",
        EventName = "RedisClientTooOld")]
    public static partial void ClientTooOld(ILogger logger, string version);
}
