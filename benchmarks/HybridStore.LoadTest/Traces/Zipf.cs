namespace HybridStore.LoadTest.Traces;

/// <summary>Numbers of which the first are drawn most: the n-th in proportion to 1/n.</summary>
internal sealed class Zipf
{
    private readonly double[] _sums;

    public Zipf(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        _sums = new double[count];
        double sum = 0;
        for (var i = 0; i < count; i++)
            _sums[i] = sum += 1.0 / (i + 1);
    }

    public int Next(Random random)
    {
        var found = Array.BinarySearch(_sums, random.NextDouble() * _sums[^1]);
        return Math.Min(found < 0 ? ~found : found, _sums.Length - 1);
    }
}
