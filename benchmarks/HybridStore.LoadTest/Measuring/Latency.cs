namespace HybridStore.LoadTest.Measuring;

/// <summary>Percentiles, in microseconds.</summary>
internal sealed record Latency(long Count, double Mean, double P50, double P95, double P99, double P999, double Max)
{
    public static Latency Of(LatencyHistogram histogram) => new(
        histogram.Count, histogram.Mean / 1e3, At(histogram, 50), At(histogram, 95), At(histogram, 99), At(histogram, 99.9), histogram.Max / 1e3);

    private static double At(LatencyHistogram histogram, double percent) => histogram.Percentile(percent) / 1e3;
}
