using HybridStore.LoadTest.Measuring;

namespace HybridStore.LoadTest.Rows;

/// <summary>Two sides that take turns, so that what disturbs the machine disturbs both.</summary>
internal static class Turns
{
    /// <summary>The median time of each side, and the median of the ratios of the rounds: the second side's time beside the first's.</summary>
    public static async Task<(double First, double Second, double Ratio)> RunAsync(int rounds, Func<Task<double>> first, Func<Task<double>> second)
    {
        var (firsts, seconds, ratios) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < rounds; i++)
        {
            firsts.Add(await first());
            seconds.Add(await second());
            ratios.Add(seconds[^1] / firsts[^1]);
        }

        return (Median(firsts), Median(seconds), Median(ratios));
    }

    /// <summary>The time of something, in microseconds, after the garbage of what came before is gone.</summary>
    public static async Task<double> TimeAsync(Func<Task> work)
    {
        GC.Collect();
        var begun = Clock.Now;
        await work();
        return (Clock.Now - begun) / 1e3;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
