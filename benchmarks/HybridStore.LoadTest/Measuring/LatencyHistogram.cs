using System.Numerics;

namespace HybridStore.LoadTest.Measuring;

/// <summary>
/// Counts of times in nanoseconds, log-linear as in HDR histograms: every value up to an hour is told with three significant digits, and recording one is one atomic
/// addition. Values of less than 2,048 are exact; above, each power of two is divided into 1,024 parts. It may be recorded to by any number of threads.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int Bits = 11;
    private const int Half = 1 << (Bits - 1);

    /// <summary>The longest time that is told apart: an hour. What takes longer counts as that.</summary>
    public const long Longest = 3_600_000_000_000;

    private readonly long[] _counts = new long[IndexOf(Longest) + 1];
    private long _total;
    private long _sum;
    private long _max;

    /// <summary>How many were recorded.</summary>
    public long Count => Volatile.Read(ref _total);

    /// <summary>The longest, exactly.</summary>
    public long Max => Volatile.Read(ref _max);

    /// <summary>All of them together, exactly.</summary>
    public long Sum => Volatile.Read(ref _sum);

    /// <summary>The mean, exactly.</summary>
    public double Mean => Count == 0 ? 0 : (double)Sum / Count;

    public void Record(long nanoseconds)
    {
        var value = Math.Clamp(nanoseconds, 0, Longest);
        Interlocked.Increment(ref _counts[IndexOf(value)]);
        Interlocked.Increment(ref _total);
        Interlocked.Add(ref _sum, value);
        for (var max = Volatile.Read(ref _max); value > max;)
        {
            var seen = Interlocked.CompareExchange(ref _max, value, max);
            if (seen == max)
                break;
            max = seen;
        }
    }

    /// <summary>The value that this share of what was recorded does not exceed, told as the greatest of its part; 0 where nothing was recorded.</summary>
    /// <param name="percent">From 0 to 100.</param>
    public long Percentile(double percent)
    {
        var total = Count;
        if (total == 0)
            return 0;
        var wanted = Math.Clamp((long)Math.Ceiling(percent / 100 * total), 1, total);
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += Volatile.Read(ref _counts[i]);
            if (seen >= wanted)
                return Math.Min(HighestOf(i), Max);
        }

        return Max;
    }

    /// <summary>Adds what another one recorded.</summary>
    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        _total += other._total;
        _sum += other._sum;
        _max = Math.Max(_max, other._max);
    }

    /// <summary>The part that a value is counted in.</summary>
    internal static int IndexOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - (Bits - 1));
        return (shift * Half) + (int)(value >> shift);
    }

    /// <summary>The greatest value of a part.</summary>
    internal static long HighestOf(int index)
    {
        var shift = Math.Max(0, (index / Half) - 1);
        var part = index - (shift * Half);
        return (((long)part + 1) << shift) - 1;
    }
}
