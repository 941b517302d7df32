using HybridStore.LoadTest.Measuring;

namespace HybridStore.LoadTest.Tests;

public class LatencyHistogramTests
{
    [Fact]
    public void Nothing_recorded_is_told_as_nothing()
    {
        var histogram = new LatencyHistogram();

        Assert.Equal(0, histogram.Count);
        Assert.Equal(0, histogram.Percentile(99));
        Assert.Equal(0, histogram.Max);
        Assert.Equal(0, histogram.Mean);
    }

    [Fact]
    public void Every_value_lies_in_its_part_and_parts_follow_each_other_without_a_gap()
    {
        var last = -1L;
        for (var index = 0; index <= LatencyHistogram.IndexOf(LatencyHistogram.Longest); index++)
        {
            var highest = LatencyHistogram.HighestOf(index);
            Assert.Equal(index, LatencyHistogram.IndexOf(last + 1));
            Assert.Equal(index, LatencyHistogram.IndexOf(highest));
            Assert.True(highest > last);
            last = highest;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2047)]
    [InlineData(2048)]
    [InlineData(1_234_567)]
    [InlineData(87_654_321_987)]
    public void A_value_is_told_with_three_significant_digits(long value) =>
        Assert.InRange(LatencyHistogram.HighestOf(LatencyHistogram.IndexOf(value)), value, value + (value / 1000));

    [Fact]
    public void Percentiles_are_those_of_the_sorted_values()
    {
        var random = new Random(7);
        var values = Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 20)).ToArray();
        var histogram = new LatencyHistogram();
        foreach (var value in values)
            histogram.Record(value);
        Array.Sort(values);

        foreach (var percent in (double[])[0.1, 25, 50, 95, 99, 99.9, 100])
        {
            var exact = values[(int)Math.Ceiling(percent / 100 * values.Length) - 1];
            Assert.InRange(histogram.Percentile(percent), exact, exact + (exact / 1000) + 1);
        }

        Assert.Equal(values[^1], histogram.Max);
        Assert.Equal(values.Average(), histogram.Mean, tolerance: 0.001);
        Assert.Equal(values.Sum(), histogram.Sum);
    }

    [Fact]
    public void What_takes_longer_than_an_hour_counts_as_an_hour()
    {
        var histogram = new LatencyHistogram();

        histogram.Record(long.MaxValue);

        Assert.Equal(LatencyHistogram.Longest, histogram.Max);
        Assert.Equal(LatencyHistogram.Longest, histogram.Percentile(50));
    }

    [Fact]
    public async Task Nothing_is_lost_when_many_record_at_once()
    {
        var histogram = new LatencyHistogram();

        await Task.WhenAll(Enumerable.Range(1, 8).Select(n => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
                histogram.Record(n);
        })));

        Assert.Equal(80_000, histogram.Count);
        Assert.Equal(8, histogram.Max);
        Assert.Equal(4.5, histogram.Mean);
        Assert.Equal(4, histogram.Percentile(50));
    }

    [Fact]
    public void Adding_another_one_is_as_recording_what_it_recorded()
    {
        var (one, other) = (new LatencyHistogram(), new LatencyHistogram());
        one.Record(10);
        other.Record(5_000_000);
        other.Record(20);

        one.Add(other);

        Assert.Equal(3, one.Count);
        Assert.Equal(20, one.Percentile(50));
        Assert.Equal(5_000_000, one.Max);
    }
}
