using HybridStore.Codec;
using HybridStore.Tiers;

namespace HybridStore.InMemory;

/// <summary>What the in-memory tier holds of one session. Every member needs <see cref="Sync"/>, but for <see cref="LastUse"/>, which is only a hint.</summary>
internal sealed class InMemorySession
{
    // What an entry costs besides its envelope: dictionary slot, key references, array header. An estimate, so that many small records count too.
    private const int RecordOverhead = 160;

    private readonly Dictionary<AuthKey, SealedRecord> _records = [];
    private long _lastUse;

    public Lock Sync { get; } = new();

    public HotMeta? Meta { get; private set; }

    public IReadOnlyList<WrappedDataKey> DataKeys { get; private set; } = [];

    /// <summary>Kept apart from the meta: a lease can be installed before anything was read.</summary>
    public long Epoch { get; set; }

    public long Bytes { get; private set; }

    public bool IsRemoved { get; set; }

    public long LastUse
    {
        get => Volatile.Read(ref _lastUse);
        set => Volatile.Write(ref _lastUse, value);
    }

    public SealedRecord? Find(AuthKey key) => _records.TryGetValue(key, out var record) ? record : null;

    public bool IsAt(long incarnation, long version) => Meta is { } meta && meta.Incarnation == incarnation && meta.Version == version;

    /// <summary>Whether what is held is of a later life, a higher epoch or a later version.</summary>
    public bool IsNewerThan(HotMeta other) =>
        Epoch > other.Epoch
        || (Meta is { } meta && (meta.Incarnation > other.Incarnation || (meta.Incarnation == other.Incarnation && meta.Version > other.Version)));

    public void MoveTo(HotMeta meta, bool keepRecords)
    {
        if (!keepRecords)
        {
            var sameLife = Meta?.Incarnation == meta.Incarnation;
            _records.Clear();
            Bytes = 0;
            if (!sameLife)
                DataKeys = [];
        }

        // Two answers of one version can arrive in either order: the later of the two promises holds.
        if (keepRecords && Meta is { } current && current.Version == meta.Version && current.GoodUntil > meta.GoodUntil)
            meta = meta with { GoodUntil = current.GoodUntil };
        Meta = meta;
        Epoch = Math.Max(Epoch, meta.Epoch);
    }

    public void Put(SealedRecord record)
    {
        if (_records.Remove(record.Key, out var former))
            Bytes -= Size(former);
        _records.Add(record.Key, record);
        Bytes += Size(record);
    }

    public void PutDataKeys(IReadOnlyList<WrappedDataKey> keys) => DataKeys = keys;

    private static long Size(SealedRecord record) =>
        RecordOverhead + record.Envelope.Length + (2L * (record.Key.Type.Length + record.Key.Id.Length));
}
