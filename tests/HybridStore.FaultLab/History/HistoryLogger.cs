using Microsoft.Extensions.Logging;

namespace HybridStore.FaultLab.History;

/// <summary>Writes what the store says of rare things into the history, for who looks into a violation. The checker does not read it.</summary>
internal sealed class HistoryLogger<T>(HistoryLog history) : ILogger<T>
{
    // Warnings come with each call that a fault hits.
    private static readonly HashSet<string> Rare = ["RedisConnected", "RolledBack", "TakenOver", "HotHealed"];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel == LogLevel.Critical || Rare.Contains(eventId.Name ?? ""))
            history.Write(HistoryEvent.Note, $"{eventId.Name} {formatter(state, exception)}");
    }
}
