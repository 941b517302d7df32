using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace HybridStore.Cli;

/// <summary>Hears of the sessions whose queued commits were found to be lost: the store tells it to its log, whoever asked for what.</summary>
internal sealed class RollbackWatch : ILogger<HybridAuthStore>
{
    private const string RolledBack = "RolledBack";

    private readonly ConcurrentDictionary<AuthSessionId, byte> _sessions = new();

    public bool Has(AuthSessionId session) => _sessions.ContainsKey(session);

    public IReadOnlyList<AuthSessionId> Sessions => [.. _sessions.Keys.OrderBy(s => s.ToString(), StringComparer.Ordinal)];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name == RolledBack
            && state is IReadOnlyList<KeyValuePair<string, object?>> values
            && values.Select(v => v.Value).OfType<AuthSessionId>().FirstOrDefault() is { IsEmpty: false } session)
        {
            _sessions.TryAdd(session, 0);
        }
    }
}
