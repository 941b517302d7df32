using System.Collections.Immutable;
using HybridStore.Tiers;

namespace HybridStore.InMemory;

/// <summary>The records of a session in the order of their keys.</summary>
internal static class ColdMemoryRecords
{
    public static ImmutableSortedSet<SealedRecord> Empty { get; } = ImmutableSortedSet.Create<SealedRecord>(
        Comparer<SealedRecord>.Create(static (a, b) => Utf8Order.Keys.Compare(a.Key, b.Key)));

    public static SealedRecord Find(this ImmutableSortedSet<SealedRecord> records, AuthKey key)
    {
        _ = records.TryGetValue(SealedRecord.Absent(key), out var found);
        return found;
    }

    public static SealedRecord Find(this ImmutableSortedSet<SealedRecord>.Builder records, AuthKey key)
    {
        _ = records.TryGetValue(SealedRecord.Absent(key), out var found);
        return found;
    }

    public static void Apply(this ImmutableSortedSet<SealedRecord>.Builder records, SealedChange change, long version)
    {
        _ = records.Remove(SealedRecord.Absent(change.Key));

        // A copy: the caller's bytes are the caller's again when the commit returns.
        if (change.Envelope is { } envelope)
            _ = records.Add(new SealedRecord(change.Key, version, envelope.ToArray()));
    }

    /// <summary>The first record above a key, or the first of all; <see langword="null"/> if there is none.</summary>
    public static SealedRecord? After(this ImmutableSortedSet<SealedRecord> records, AuthKey? key)
    {
        var at = key is { } last ? records.IndexOf(SealedRecord.Absent(last)) : -1;
        var index = at >= 0 ? at + 1 : ~at;
        return index < records.Count ? records[index] : null;
    }

    /// <summary>The first record that is of a type or above it, or <see langword="null"/>.</summary>
    public static SealedRecord? FirstOf(this ImmutableSortedSet<SealedRecord> records, string type)
    {
        int low = 0, high = records.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Utf8Order.Compare(records[middle].Key.Type, type) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low < records.Count ? records[low] : null;
    }
}
