namespace HybridStore.Benchmarks.Paired;

/// <summary>What the sides of a comparison took, round by round, in microseconds an operation.</summary>
internal sealed class PairedResult(IReadOnlyList<List<double>> times)
{
    public double Median(int side) => MedianOf(times[side]);

    /// <summary>The median over the rounds of the time of one side divided by that of another: how much faster the other is.</summary>
    public double Rate(int side, int than = 0) => MedianOf([.. times[than].Zip(times[side], static (first, second) => first / second)]);

    /// <summary>The medians of two sides, for people.</summary>
    public string Tell(int first, int second) => $"{PairedRun.Time(Median(first))}, and {PairedRun.Time(Median(second))}; medians of {times[first].Count} rounds by turns";

    internal static double MedianOf(IReadOnlyCollection<double> values) => values.Order().ElementAt(values.Count / 2);
}
