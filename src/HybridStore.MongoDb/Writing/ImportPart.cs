using HybridStore.Tiers;

namespace HybridStore.MongoDb.Writing;

/// <summary>Records of an import that go into one transaction.</summary>
internal sealed class ImportPart
{
    // A transaction should hold about a thousand documents at most, and no more bytes than one entry of the server's log.
    private const int MaxRecords = 1_000;
    private const long MaxBytes = 4 * 1024 * 1024;

    private readonly HashSet<AuthKey> _keys = [];
    private readonly List<SealedChange> _records = [];
    private long _bytes;

    public IReadOnlyList<SealedChange> Records => _records;

    public bool IsFull => _records.Count >= MaxRecords || _bytes >= MaxBytes;

    /// <returns>Whether the record was not in the part yet.</returns>
    public bool TryAdd(SealedChange record)
    {
        if (!_keys.Add(record.Key))
            return false;
        _records.Add(record);
        _bytes += record.Envelope!.Value.Length;
        return true;
    }
}
