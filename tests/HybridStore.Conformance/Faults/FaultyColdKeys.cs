using HybridStore.Tiers;

namespace HybridStore.Conformance;

/// <summary>The keys of a <see cref="FaultyColdTier"/>, behind the same probe.</summary>
internal sealed class FaultyColdKeys(FaultyColdTier tier, IColdKeys inner) : IColdKeys
{
    public async ValueTask<ColdKeyRing> ReadRingAsync(CancellationToken cancellationToken)
    {
        await tier.Probe.EnterAsync(TierOperation.ReadRing);
        var ring = await inner.ReadRingAsync(cancellationToken);
        await tier.Probe.LeaveAsync(TierOperation.ReadRing);
        return ring;
    }

    public async ValueTask<bool> WriteRingAsync(long expectedVersion, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await tier.Probe.EnterAsync(TierOperation.WriteRing);
        tier.Probe.Carry(content, down: true);
        var written = await inner.WriteRingAsync(expectedVersion, content, cancellationToken);
        await tier.Probe.LeaveAsync(TierOperation.WriteRing);
        return written;
    }

    public async ValueTask<int> RewrapAsync(IReadOnlyList<DataKeyRewrap> keys, CancellationToken cancellationToken)
    {
        await tier.Probe.EnterAsync(TierOperation.Rewrap);
        foreach (var key in keys)
            tier.Probe.Carry(key.After, down: true);
        var replaced = await inner.RewrapAsync(keys, cancellationToken);
        await tier.Probe.LeaveAsync(TierOperation.Rewrap);
        return replaced;
    }

    public async ValueTask<bool> AddDataKeyAsync(DataKeyAddition addition, CancellationToken cancellationToken)
    {
        await tier.Probe.EnterAsync(TierOperation.AddDataKey);
        tier.Probe.Carry(addition.Key.Bytes, down: true);
        var added = await inner.AddDataKeyAsync(addition, cancellationToken);
        await tier.Probe.LeaveAsync(TierOperation.AddDataKey);
        return added;
    }

    public async ValueTask<int> ReplaceEnvelopesAsync(AuthSessionId session, long incarnation, IReadOnlyList<SealedRecord> records, CancellationToken cancellationToken)
    {
        await tier.Probe.EnterAsync(TierOperation.ReplaceEnvelopes);
        foreach (var record in records)
            tier.Probe.Carry(record.Envelope, down: true);
        var replaced = await inner.ReplaceEnvelopesAsync(session, incarnation, records, cancellationToken);
        await tier.Probe.LeaveAsync(TierOperation.ReplaceEnvelopes);
        return replaced;
    }
}
