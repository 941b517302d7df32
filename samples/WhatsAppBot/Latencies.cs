using System.Diagnostics;

namespace WhatsAppBot;

/// <summary>How long calls took.</summary>
internal sealed class Latencies
{
    private readonly List<long> _ticks = [];

    public int Count => _ticks.Count;

    public void Add(long startedAt) => _ticks.Add(Stopwatch.GetTimestamp() - startedAt);

    /// <summary>The time that a share of the calls took at most, in microseconds.</summary>
    public double Percentile(double share)
    {
        if (_ticks.Count == 0)
            return 0;
        _ticks.Sort();
        return _ticks[Math.Max(0, (int)Math.Ceiling(share * _ticks.Count) - 1)] * 1e6 / Stopwatch.Frequency;
    }
}
