using System.Runtime.InteropServices;

namespace HybridStore.Baileys;

/// <summary>Counts records and bytes by type, and reports them.</summary>
internal sealed class Tally(IProgress<BaileysProgress>? progress, long? total)
{
    private const int ReportEvery = 256;

    private readonly Dictionary<string, (long Records, long Bytes)> _types = [];
    private long _records;
    private long _bytes;

    public void Restart()
    {
        _types.Clear();
        _records = 0;
        _bytes = 0;
    }

    public void Add(string type, int bytes)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_types, type, out _);
        count = (count.Records + 1, count.Bytes + bytes);
        _bytes += bytes;
        if (++_records % ReportEvery == 0)
            Report();
    }

    public void Report() => progress?.Report(new BaileysProgress(_records, total, _bytes));

    public IReadOnlyList<BaileysTypeCount> ToCounts() =>
        [.. _types.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => new BaileysTypeCount(t.Key, t.Value.Records, t.Value.Bytes))];
}
