using HybridStore.Tiers;

namespace HybridStore.Resilience;

/// <summary>A cold tier's history behind its pipeline.</summary>
internal sealed class ResilientColdHistory(IColdHistory inner, TierPipeline pipeline) : IColdHistory
{
    public IAsyncEnumerable<AuthHistoryVersion> ListAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        pipeline.StreamAsync(new TierCall("list history", session.Tenant), (inner, session), static (s, cancel) => s.inner.ListAsync(s.session, cancel), cancellationToken);

    public IAsyncEnumerable<AuthRecordVersion> ListAsync(AuthSessionId session, AuthKey key, CancellationToken cancellationToken) =>
        pipeline.StreamAsync(new TierCall("list versions", session.Tenant), (inner, session, key), static (s, cancel) => s.inner.ListAsync(s.session, s.key, cancel), cancellationToken);

    public IAsyncEnumerable<SealedRecord> EnumerateReplacedAsync(AuthSessionId session, long version, CancellationToken cancellationToken) =>
        pipeline.StreamAsync(
            new TierCall("enumerate history", session.Tenant), (inner, session, version), static (s, cancel) => s.inner.EnumerateReplacedAsync(s.session, s.version, cancel), cancellationToken);
}
