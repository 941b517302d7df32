using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;

namespace HybridStore.Conformance.Leaks;

/// <summary>
/// Watches a run for secrets that come out: every log line and what it was made of, every label of a metric, every tag of a trace, every exception that is thrown, caught or
/// not, and all bytes that it is shown. Everything is searched when it comes, and text again at the end, for what became known later.
/// </summary>
/// <remarks>Metrics, traces and exceptions are those of the whole process: what other tests do meanwhile is searched for this one's secrets too, which does no harm.</remarks>
public sealed class LeakWatch : IDisposable
{
    private const string Ours = "HybridStore";
    private const int MostTexts = 50_000;
    private const int MostExceptions = 5_000;

    [ThreadStatic]
    private static bool _isLooking;

    private static readonly ConcurrentDictionary<Type, ExceptionShape> Shapes = new();

    private readonly ConcurrentQueue<(string Where, string Text)> _texts = new();
    private readonly ConcurrentDictionary<Exception, byte> _exceptions = new(ReferenceEqualityComparer.Instance);
    private readonly ConcurrentQueue<Leak> _leaks = new();
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;
    private int _logLines;
    private int _disposed;

    /// <summary>Begins to watch.</summary>
    public LeakWatch()
    {
        _meters.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith(Ours, StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        Listen<byte>();
        Listen<short>();
        Listen<int>();
        Listen<long>();
        Listen<float>();
        Listen<double>();
        Listen<decimal>();
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = static source => source.Name.StartsWith(Ours, StringComparison.Ordinal),
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = See,
        };
        ActivitySource.AddActivityListener(_activities);
        AppDomain.CurrentDomain.FirstChanceException += OnException;
    }

    /// <summary>What is searched for.</summary>
    public LeakDetector Detector { get; } = new();

    /// <summary>What came out so far.</summary>
    public IReadOnlyCollection<Leak> Leaks => _leaks;

    /// <summary>How many log messages were seen.</summary>
    public int LogLines => Volatile.Read(ref _logLines);

    /// <summary>How many exceptions were seen.</summary>
    public int Exceptions => _exceptions.Count;

    /// <summary>A logger whose messages, of every level, are searched.</summary>
    /// <typeparam name="T">Whose messages.</typeparam>
    public ILogger<T> Logger<T>() => new WatchedLogger<T>(this);

    /// <summary>Searches text.</summary>
    /// <param name="where">Where it stands.</param>
    /// <param name="text">The text.</param>
    public void See(string where, string? text)
    {
        if (string.IsNullOrEmpty(text))
            return;
        if (_texts.Count < MostTexts)
            _texts.Enqueue((where, text));
        Tell(where, Detector.Find(text));
    }

    /// <summary>Searches bytes, once: what is a secret must be known before.</summary>
    /// <param name="where">Where they stand.</param>
    /// <param name="bytes">The bytes.</param>
    public void See(string where, ReadOnlySpan<byte> bytes) => Tell(where, Detector.Find(bytes));

    /// <summary>Searches an exception: its message, its data, and what else it tells, of those inside it too.</summary>
    /// <param name="exception">The exception.</param>
    public void See(Exception exception) => See(exception, exception.GetType().Name, depth: 0);

    /// <summary>Searches all text again, and fails the test if anything came out.</summary>
    public void AssertNone()
    {
        foreach (var exception in _exceptions.Keys)
            See(exception);
        foreach (var (where, text) in _texts)
            Tell(where, Detector.Find(text));
        var leaks = _leaks.Distinct().Take(20).ToList();
        if (leaks.Count > 0)
            Assert.Fail($"Secrets came out:{Environment.NewLine}{string.Join(Environment.NewLine, leaks)}");
    }

    /// <summary>Watches no longer.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        AppDomain.CurrentDomain.FirstChanceException -= OnException;
        _meters.Dispose();
        _activities.Dispose();
    }

    private void See(Exception exception, string where, int depth)
    {
        if (depth > 8)
            return;
        var shape = Shapes.GetOrAdd(exception.GetType(), static type => new ExceptionShape(type));
        if (shape.SaysMoreThanItsParts)
            See($"the exception {where}", exception.ToString());
        foreach (DictionaryEntry entry in exception.Data)
        {
            SeeValue($"the data of {where}", entry.Key);
            SeeValue($"the data of {where}", entry.Value);
        }

        foreach (var property in shape.Properties)
        {
            try
            {
                SeeValue($"{property.Name} of {where}", property.GetValue(exception));
            }
            catch (Exception e) when (e is System.Reflection.TargetInvocationException or NotSupportedException)
            {
                // It tells nothing, then.
            }
        }

        var inside = exception is AggregateException several ? several.InnerExceptions : exception.InnerException is { } one ? [one] : (IReadOnlyList<Exception>)[];
        foreach (var inner in inside)
            See(inner, $"{inner.GetType().Name} in {where}", depth + 1);
    }

    private void SeeValue(string where, object? value)
    {
        switch (value)
        {
            case null:
                break;
            case byte[] bytes:
                See(where, bytes);
                break;
            case ReadOnlyMemory<byte> memory:
                See(where, memory.Span);
                break;
            case Memory<byte> memory:
                See(where, memory.Span);
                break;
            default:
                // A driver's values may say that they can be converted, and refuse it.
                See(where, value is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : value.ToString());
                break;
        }
    }

    private void See(Activity activity)
    {
        var where = $"the trace {activity.Source.Name}/{activity.OperationName}";
        See(where, activity.DisplayName);
        See(where, activity.StatusDescription);
        foreach (var (key, value) in activity.TagObjects)
            SeeTag(where, key, value);
        foreach (var (key, value) in activity.Baggage)
            SeeTag(where, key, value);
        foreach (var happened in activity.Events)
        {
            See(where, happened.Name);
            foreach (var (key, value) in happened.Tags)
                SeeTag(where, key, value);
        }
    }

    private void SeeTag(string where, string key, object? value)
    {
        See(where, key);
        SeeValue($"the tag {key} of {where}", value);
    }

    private void Listen<T>()
        where T : struct =>
        _meters.SetMeasurementEventCallback<T>((instrument, _, tags, _) =>
        {
            foreach (var (key, value) in tags)
                SeeTag($"the metric {instrument.Name}", key, value);
        });

    private void OnException(object? sender, FirstChanceExceptionEventArgs e)
    {
        // Only kept here: at this point it has no stack yet, and whatever looks at it may throw itself.
        if (_isLooking || _exceptions.Count >= MostExceptions || e.Exception.GetType().Namespace?.StartsWith("Xunit", StringComparison.Ordinal) == true)
            return;
        _isLooking = true;
        try
        {
            _exceptions.TryAdd(e.Exception, 0);
        }
        finally
        {
            _isLooking = false;
        }
    }

    private void Tell(string where, FoundSecret? found)
    {
        if (found is not null)
            _leaks.Enqueue(new Leak(where, found.Secret, found.Form));
    }

    /// <summary>What there is to see in exceptions of a type.</summary>
    private sealed class ExceptionShape(Type type)
    {
        // The trace names methods and files only, and to write it costs more than all else here together.
        private static readonly string[] Unseen =
            [nameof(Exception.Data), nameof(Exception.InnerException), nameof(Exception.TargetSite), nameof(Exception.StackTrace), nameof(AggregateException.InnerExceptions)];

#pragma warning disable IL2070 // What was trimmed away can't tell anything. Tests are not trimmed.
        public IReadOnlyList<System.Reflection.PropertyInfo> Properties { get; } =
            [.. type.GetProperties().Where(static p => !Unseen.Contains(p.Name) && p.GetIndexParameters().Length == 0)];

        public bool SaysMoreThanItsParts { get; } = type.GetMethod(nameof(ToString), Type.EmptyTypes)?.DeclaringType is { } declaring && declaring != typeof(Exception) && declaring != typeof(AggregateException);
#pragma warning restore IL2070
    }

    private sealed class WatchedLogger<T>(LeakWatch watch) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            SeeState("a scope of the log", state);
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            ArgumentNullException.ThrowIfNull(formatter);
            Interlocked.Increment(ref watch._logLines);
            var where = $"the log message {eventId.Id} {eventId.Name}";
            watch.See(where, formatter(state, exception));
            SeeState(where, state);
            if (exception is not null)
                watch.See(exception);
        }

        private void SeeState<TState>(string where, TState state)
        {
            if (state is not IEnumerable<KeyValuePair<string, object?>> values)
            {
                watch.SeeValue(where, state);
                return;
            }

            foreach (var (_, value) in values)
                watch.SeeValue(where, value);
        }
    }
}
