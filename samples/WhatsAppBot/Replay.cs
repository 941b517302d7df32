using HybridStore;

namespace WhatsAppBot;

/// <summary>What every record must be after a step: the trace played from the folder's values in memory, without any store.</summary>
internal sealed class Replay
{
    private readonly Dictionary<AuthKey, (long Version, ReadOnlyMemory<byte> Value)> _records;

    public Replay(Trace trace, long seed, long steps, IReadOnlyDictionary<AuthKey, ReadOnlyMemory<byte>> folder)
    {
        // The import makes version 1, and each step the next one.
        _records = folder.ToDictionary(r => r.Key, r => (1L, r.Value));
        var progress = Progress.None(seed);
        for (var k = 1L; k <= steps; k++)
        {
            var step = trace.StepAt(k);
            var read = step.Reads.Where(_records.ContainsKey).ToDictionary(key => key, key => _records[key].Value);
            foreach (var change in step.MakePatch(read, progress, out progress).Changes)
            {
                // Written as it was read, such as a sender-key-memory that has not grown: the store leaves it out, and it keeps its version.
                if (change.Value is not { } value)
                    _records.Remove(change.Key);
                else if (!read.TryGetValue(change.Key, out var before) || !before.Span.SequenceEqual(value.Span))
                    _records[change.Key] = (1 + k, value);
            }
        }
    }

    public int Count => _records.Count;

    /// <summary>Names every record that is not what it must be; never a value.</summary>
    public async Task<List<string>> CompareAsync(IAsyncEnumerable<AuthRecord> actual)
    {
        var differences = new List<string>();
        var missing = new HashSet<AuthKey>(_records.Keys);
        await foreach (var record in actual)
        {
            if (!missing.Remove(record.Key))
                differences.Add($"{record.Key} must not exist");
            else if (_records[record.Key] is var expected && record.Version != expected.Version)
                differences.Add($"{record.Key} is of version {record.Version}, not {expected.Version}");
            else if (!record.Value.Span.SequenceEqual(expected.Value.Span))
                differences.Add($"{record.Key} has another value");
        }

        differences.AddRange(missing.Select(key => $"{key} is missing"));
        return differences;
    }
}
