using HybridStore.Cli.Output;
using HybridStore.Redis;
using Microsoft.Extensions.Logging;

namespace HybridStore.Cli;

/// <summary>Says what is wrong with a Redis that the sessions are kept in. How durable one is that can be kept in is no news to who calls the tool again and again.</summary>
internal sealed class ColdWarnings(TextWriter error) : ILogger<RedisColdTier>
{
    private const string Finding = "RedisOnlyFinding";

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name == Finding)
            error.WriteLine(Printable.Line($"hybridstore: warning: {formatter(state, exception)}"));
    }
}
