namespace HybridStore.FaultLab.Checker;

/// <summary>The highest version that was known, by the time from which on it was.</summary>
internal sealed class Floors
{
    private const int Most = 8192;

    private readonly List<(long Time, long Version)> _floors = [];

    public long Highest => _floors.Count == 0 ? 0 : _floors[^1].Version;

    public void Add(long time, long version)
    {
        if (version <= Highest)
            return;
        _floors.Add((time, version));
        if (_floors.Count > Most)
            _floors.RemoveRange(0, Most / 4);
    }

    /// <summary>The highest version that was known before a time.</summary>
    public long Before(long time)
    {
        var (low, high) = (0, _floors.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_floors[middle].Time < time)
                low = middle + 1;
            else
                high = middle;
        }

        return low == 0 ? 0 : _floors[low - 1].Version;
    }
}
