using HybridStore.Tiers;

namespace HybridStore.Resilience;

/// <summary>A cold tier's keys behind its pipeline. Each change compares first what it replaces; those that say whether it was there are not sent again.</summary>
internal sealed class ResilientColdKeys(IColdKeys inner, TierPipeline pipeline) : IColdKeys
{
    public ValueTask<ColdKeyRing> ReadRingAsync(CancellationToken cancellationToken) =>
        pipeline.RunAsync(new TierCall("read the key ring", null), inner, static (keys, cancel) => keys.ReadRingAsync(cancel), cancellationToken);

    public ValueTask<bool> WriteRingAsync(long expectedVersion, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            new TierCall("write the key ring", null, MayRetry: false), (inner, expectedVersion, content), static (s, cancel) => s.inner.WriteRingAsync(s.expectedVersion, s.content, cancel), cancellationToken);

    public ValueTask<int> RewrapAsync(IReadOnlyList<DataKeyRewrap> keys, CancellationToken cancellationToken) =>
        pipeline.RunAsync(new TierCall("wrap keys anew", null, MayRetry: false), (inner, keys), static (s, cancel) => s.inner.RewrapAsync(s.keys, cancel), cancellationToken);

    public ValueTask<bool> AddDataKeyAsync(DataKeyAddition addition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(addition);
        return pipeline.RunAsync(new TierCall("add a data key", addition.Session.Tenant), (inner, addition), static (s, cancel) => s.inner.AddDataKeyAsync(s.addition, cancel), cancellationToken);
    }

    public ValueTask<int> ReplaceEnvelopesAsync(AuthSessionId session, long incarnation, IReadOnlyList<SealedRecord> records, CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            new TierCall("replace envelopes", session.Tenant, MayRetry: false),
            (inner, session, incarnation, records),
            static (s, cancel) => s.inner.ReplaceEnvelopesAsync(s.session, s.incarnation, s.records, cancel),
            cancellationToken);
}
