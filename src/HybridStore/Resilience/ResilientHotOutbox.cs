using HybridStore.Tiers;

namespace HybridStore.Resilience;

/// <summary>A hot tier's outbox behind its pipeline.</summary>
internal sealed class ResilientHotOutbox(IHotOutbox inner, TierPipeline pipeline) : IHotOutbox
{
    public bool KeepsEverything => inner.KeepsEverything;

    // Where the outcome is unknown, the store asks cold first.
    public ValueTask<HotQueueResult> QueueAsync(QueuedCommit commit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commit);
        return pipeline.RunAsync(
            new TierCall("queue", commit.Session.Tenant) { Session = commit.Session, CommitId = commit.Patches[^1].CommitId },
            (inner, commit),
            static (s, cancel) => s.inner.QueueAsync(s.commit, cancel),
            cancellationToken);
    }

    public ValueTask<long?> AdoptAsync(HotAdoption adoption, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(adoption);
        return pipeline.RunAsync(new TierCall("adopt", adoption.Session.Tenant), (inner, adoption), static (s, cancel) => s.inner.AdoptAsync(s.adoption, cancel), cancellationToken);
    }

    public ValueTask<IReadOnlyList<OutboxEntry>> ReadAsync(AuthSessionId session, long aboveVersion, int limit, CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            new TierCall("read the outbox", session.Tenant), (inner, session, aboveVersion, limit), static (s, cancel) => s.inner.ReadAsync(s.session, s.aboveVersion, s.limit, cancel), cancellationToken);

    // It is told again with the next commit, or in a moment.
    public async ValueTask AcknowledgeAsync(LeaseRef lease, long incarnation, long throughVersion, CancellationToken cancellationToken) =>
        _ = await pipeline.RunAsync(
            new TierCall("acknowledge", lease.Session.Tenant, MayRetry: false),
            (inner, lease, incarnation, throughVersion),
            static async (s, cancel) =>
            {
                await s.inner.AcknowledgeAsync(s.lease, s.incarnation, s.throughVersion, cancel).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);

    // As with cold: the heartbeat comes again by itself.
    public ValueTask<IReadOnlyList<bool?>> RenewAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken) =>
        pipeline.RunRegardlessAsync(
            new TierCall("extend leases", null, MayRetry: false, IsTimed: false), (inner, leases, duration), static (s, cancel) => s.inner.RenewAsync(s.leases, s.duration, cancel), cancellationToken);

    public async ValueTask ReleaseAsync(LeaseRef lease, CancellationToken cancellationToken) =>
        _ = await pipeline.RunAsync(
            new TierCall("give a lease back", lease.Session.Tenant),
            (inner, lease),
            static async (s, cancel) =>
            {
                await s.inner.ReleaseAsync(s.lease, cancel).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);

    public ValueTask<bool> ParkAsync(LeaseRef lease, ParkedEntry? entry, CancellationToken cancellationToken) =>
        pipeline.RunAsync(new TierCall("park", lease.Session.Tenant), (inner, lease, entry), static (s, cancel) => s.inner.ParkAsync(s.lease, s.entry, cancel), cancellationToken);

    public async ValueTask DiscardAsync(LeaseRef session, long throughIncarnation, CancellationToken cancellationToken) =>
        _ = await pipeline.RunAsync(
            new TierCall("discard", session.Session.Tenant),
            (inner, session, throughIncarnation),
            static async (s, cancel) =>
            {
                await s.inner.DiscardAsync(s.session, s.throughIncarnation, cancel).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
}
