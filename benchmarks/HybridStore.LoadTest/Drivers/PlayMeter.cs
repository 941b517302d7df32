using HybridStore.LoadTest.Measuring;

namespace HybridStore.LoadTest.Drivers;

/// <summary>What is counted while a trace is played.</summary>
internal sealed class PlayMeter
{
    private long _operations;
    private long _own;
    private long _failures;
    private long _mismatches;
    private string? _firstFailure;

    public LatencyHistogram Messages { get; } = new();

    public LatencyHistogram Reads { get; } = new();

    public LatencyHistogram Commits { get; } = new();

    /// <summary>By how much messages were given out later than they were due, which is the generator's own fault and part of their latency.</summary>
    public LatencyHistogram Lateness { get; } = new();

    public long Operations => Interlocked.Read(ref _operations);

    /// <summary>Bytes that the load test itself allocated for the values that it wrote.</summary>
    public long OwnBytes => Interlocked.Read(ref _own);

    /// <summary>Calls that threw.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Reads that gave another record than was written last.</summary>
    public long Mismatches => Interlocked.Read(ref _mismatches);

    public string? FirstFailure => Volatile.Read(ref _firstFailure);

    public void Operation() => Interlocked.Increment(ref _operations);

    public void Own(long bytes) => Interlocked.Add(ref _own, bytes);

    public void Failed(Exception exception)
    {
        Interlocked.Increment(ref _failures);
        Interlocked.CompareExchange(ref _firstFailure, $"{exception.GetType().Name}: {exception.Message}", null);
    }

    public void Mismatched(string what)
    {
        Interlocked.Increment(ref _mismatches);
        Interlocked.CompareExchange(ref _firstFailure, what, null);
    }
}
