using Microsoft.Extensions.Logging;

namespace HybridStore.Redis.Cold;

/// <summary>Every log message of the Redis cold tier. Passwords are never named.</summary>
internal static partial class ColdLog
{
    [LoggerMessage(
        220,
        LogLevel.Warning,
        "The sessions are kept in Redis at {Servers} only: what was committed is as durable as its persistence (AOF: {AppendOnly}, appendfsync: {AppendFsync}, "
        + "RDB: {Snapshots}). A database behind it, or appendfsync always, keeps every commit over a crash of the server.",
        EventName = "RedisOnly")]
    public static partial void RedisOnly(ILogger logger, string servers, string appendOnly, string appendFsync, string snapshots);

    [LoggerMessage(221, LogLevel.Warning, "{Finding}", EventName = "RedisOnlyFinding")]
    public static partial void Finding(ILogger logger, string finding);
}
