using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace HybridStore.Tests.Resilience;

/// <summary>What a pipeline logs and counts.</summary>
internal sealed class PipelineTelemetry : ILogger, IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<string> _counted = [];
    private readonly List<(LogLevel Level, string Name, string Text, Exception? Failure)> _logged = [];

    public PipelineTelemetry(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, me) =>
        {
            if (ReferenceEquals(instrument.Meter, meter))
                me.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) => Add(instrument, count, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, count, tags, _) => Add(instrument, count, tags));
        _listener.Start();
    }

    /// <summary>Each line logged, in order.</summary>
    public IReadOnlyList<(LogLevel Level, string Name, string Text, Exception? Failure)> Logged
    {
        get
        {
            lock (_logged)
                return [.. _logged];
        }
    }

    /// <summary>Each measurement of an instrument, in order: its number and its labels.</summary>
    public IReadOnlyList<string> Counted(string instrument)
    {
        lock (_counted)
            return [.. _counted.Where(c => c.StartsWith(instrument + " ", StringComparison.Ordinal)).Select(c => c[(instrument.Length + 1)..])];
    }

    /// <summary>Asks the gauges.</summary>
    public void Look() => _listener.RecordObservableInstruments();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_logged)
            _logged.Add((logLevel, eventId.Name!, formatter(state, exception), exception));
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, long count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = $"{instrument.Name} {count}";
        foreach (var tag in tags)
            text += $" {tag.Key}={tag.Value}";
        lock (_counted)
            _counted.Add(text);
    }
}
