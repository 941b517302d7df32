using System.Diagnostics;
using System.Globalization;

namespace HybridStore.Benchmarks.Paired;

/// <summary>
/// Runs the sides of a comparison by turns, round after round, in one process. BenchmarkDotNet makes all rounds of one side before it begins with the next: what disturbs the
/// machine meanwhile disturbs one of them, and calls to a server take a tenth more or less from one minute to the next. The ratio of sides that take turns does not.
/// </summary>
internal static class PairedRun
{
    private const int WarmUps = 4;

    // The runtime compiles what is called often a second and a third time, on its own time: before that, whoever has more code of its own is the slower one.
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(1.5);

    /// <summary>Runs them, and prints a table; rates are the first side's time divided by each side's.</summary>
    public static async Task<PairedResult> RunAsync(IReadOnlyList<PairedSide> sides, int rounds, int warmUps = WarmUps)
    {
        var times = sides.Select(static _ => new List<double>()).ToArray();
        var allocated = sides.Select(static _ => new List<double>()).ToArray();
        var warmUp = Stopwatch.StartNew();
        for (var round = -warmUps; round < rounds; round++)
        {
            if (round == 0 && warmUp.Elapsed < WarmUpTime)
                round--;
            for (var i = 0; i < sides.Count; i++)
            {
                var side = sides[i];
                side.Prepare();
                var before = GC.GetTotalAllocatedBytes(precise: false);
                var begun = Stopwatch.GetTimestamp();
                await side.RunAsync();
                var took = Stopwatch.GetElapsedTime(begun);
                if (round < 0)
                    continue;
                times[i].Add(took.TotalMicroseconds / side.Operations);
                allocated[i].Add((GC.GetTotalAllocatedBytes(precise: false) - before) / (double)side.Operations);
            }
        }

        var result = new PairedResult(times);
        Console.WriteLine("| | median | minimum | rate by rounds | by medians | by minima | allocated |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        for (var i = 0; i < sides.Count; i++)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {sides[i].Name} | {Time(result.Median(i))} | {Time(times[i].Min())} | {result.Rate(i):F2} | {result.Median(0) / result.Median(i):F2} | {times[0].Min() / times[i].Min():F2} | {PairedResult.MedianOf(allocated[i]):F0} B |"));
        }

        Console.WriteLine();
        return result;
    }

    internal static string Time(double microseconds) =>
        microseconds < 1 ? (microseconds * 1000).ToString("F1", CultureInfo.InvariantCulture) + " ns" : microseconds.ToString("F1", CultureInfo.InvariantCulture) + " us";
}
