using System.Collections.Immutable;
using HybridStore.Codec;
using HybridStore.Tiers;

namespace HybridStore.Conformance;

/// <summary>What the server holds of one session: here the records and their meta, in the other half the outbox.</summary>
internal sealed partial class ModelHotSession
{
    private ImmutableDictionary<AuthKey, SealedRecord> _records = ImmutableDictionary<AuthKey, SealedRecord>.Empty;
    private HotMeta? _meta;
    private IReadOnlyList<WrappedDataKey> _dataKeys = [];
    private long _generation;

    /// <summary>The last life that a deletion ended here.</summary>
    private long _ended;

    /// <summary>Everything inside is never changed in place.</summary>
    public ModelHotSession Copy() => (ModelHotSession)MemberwiseClone();

    public HotRead Read(IReadOnlyList<AuthKey> keys, bool withDataKeys, ModelHotStep step) => new()
    {
        Meta = _meta,
        RunId = step.RunId,
        Generation = _generation,
        Records = [.. keys.Select(k => _records.TryGetValue(k, out var record) ? record : (SealedRecord?)null)],
        DataKeys = withDataKeys ? _dataKeys : [],
        Outbox = StateAt(step.Now),
    };

    public bool Fill(HotFill fill)
    {
        if (fill.Generation != _generation || IsBeyond(fill.Meta))
            return false;
        MoveTo(fill.Meta, keepRecords: IsAt(fill.Meta));
        foreach (var record in fill.Records)
            Put(record);
        PutDataKeys(fill.DataKeys);
        return true;
    }

    public bool Apply(HotApply apply, ModelHotStep step)
    {
        var (incarnation, version) = (apply.Meta.Incarnation, apply.Meta.Version);
        // Of before the lease that the outbox is of: it says nothing of what is queued under that.
        if (KnownEpoch <= apply.Meta.Epoch)
            Trim(incarnation, version);
        if (!IsBeyond(apply.Meta) && !IsAt(apply.Meta))
        {
            MoveTo(apply.Meta, keepRecords: _meta?.Incarnation == incarnation && _meta.Version >= apply.PreviousVersion);
            Put(apply.Changes, version);
            step.Tell(apply.Session, new HotChange(incarnation, version));
        }

        if (Life == incarnation && KnownEpoch <= apply.Meta.Epoch)
            Remember(incarnation, [new CommitMark(apply.CommitId, version)]);
        return Life > incarnation || VersionIn(incarnation) >= version;
    }

    public bool Evict()
    {
        DropRecords();
        _generation++;
        return true;
    }

    public void DropRecords()
    {
        _meta = null;
        _records = _records.Clear();
        _dataKeys = [];
    }

    private long Life => Math.Max(_meta?.Incarnation ?? 0, _state?.Incarnation ?? 0);

    private long KnownEpoch => Math.Max(_meta?.Epoch ?? 0, _state?.Epoch ?? 0);

    /// <summary>How far hot is in a life: its records, or commits that it has queued and whose records were dropped.</summary>
    private long VersionIn(long incarnation) =>
        Math.Max(_meta?.Incarnation == incarnation ? _meta.Version : 0, _state?.Incarnation == incarnation ? _state.Version : 0);

    private bool IsAt(HotMeta meta) => _meta?.Incarnation == meta.Incarnation && _meta.Version == meta.Version;

    private bool IsBeyond(HotMeta meta) =>
        KnownEpoch > meta.Epoch || Life > meta.Incarnation || _ended >= meta.Incarnation || VersionIn(meta.Incarnation) > meta.Version;

    /// <summary>Goes to where cold is.</summary>
    private void MoveTo(HotMeta meta, bool keepRecords)
    {
        if (!keepRecords)
            _records = _records.Clear();
        if (_meta?.Incarnation != meta.Incarnation)
            _dataKeys = [];
        // Two answers of one version can arrive in either order: the later of the two promises holds.
        if (keepRecords && IsAt(meta) && _meta!.GoodUntil > meta.GoodUntil)
            meta = meta with { GoodUntil = _meta.GoodUntil };
        _meta = meta;
        MoveOutboxTo(meta.Incarnation, meta.Version);
    }

    private void Put(IReadOnlyList<SealedChange> changes, long version)
    {
        foreach (var change in changes)
            Put(change.Envelope is { } envelope ? new SealedRecord(change.Key, change.VersionIn(version), envelope) : SealedRecord.Absent(change.Key));
    }

    private void Put(SealedRecord record) => _records = _records.SetItem(record.Key, record with { Envelope = record.Envelope.ToArray() });

    private void PutDataKeys(IReadOnlyList<WrappedDataKey> keys)
    {
        if (keys.Count > 0)
            _dataKeys = [.. keys];
    }
}
