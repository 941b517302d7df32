using Microsoft.Extensions.Logging;

namespace HybridStore.PostgreSql.Diagnostics;

/// <summary>Every log message of the PostgreSQL tier. Passwords are never named.</summary>
internal static partial class Log
{
    [LoggerMessage(
        240,
        LogLevel.Warning,
        "PostgreSQL at {Server} runs with fsync or full_page_writes off: a crash of its machine loses commits that were acknowledged, or the database. Set both on.",
        EventName = "PostgreSqlNotDurable")]
    public static partial void NotDurable(ILogger logger, string server);
}
