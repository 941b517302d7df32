using HybridStore.Tiers;

namespace HybridStore.Resilience;

/// <summary>A cold tier's leases behind its pipeline.</summary>
internal sealed class ResilientColdLeases(IColdLeases inner, TierPipeline pipeline) : IColdLeases
{
    // Who holds the session already is granted it again, under a higher epoch.
    public ValueTask<LeaseGrant> AcquireAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return pipeline.RunAsync(new TierCall("take a lease", request.Session.Tenant), (inner, request), static (s, cancel) => s.inner.AcquireAsync(s.request, cancel), cancellationToken);
    }

    // The heartbeat comes again by itself, sooner than a break is over: were it refused meanwhile, leases would be lost that cold still extends. It gives up by itself too.
    public ValueTask<IReadOnlyList<bool>> RenewAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken) =>
        pipeline.RunRegardlessAsync(
            new TierCall("extend leases", null, MayRetry: false, IsTimed: false), (inner, leases, duration), static (s, cancel) => s.inner.RenewAsync(s.leases, s.duration, cancel), cancellationToken);

    // A repeat of what was done all the same would say that it did not hold any more, which changes nothing for who gave it back.
    public ValueTask<bool> ReleaseAsync(LeaseRef lease, bool drained, CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            new TierCall("give a lease back", lease.Session.Tenant), (inner, lease, drained), static (s, cancel) => s.inner.ReleaseAsync(s.lease, s.drained, cancel), cancellationToken);

    public ValueTask<bool> SetAheadAsync(LeaseRef lease, bool mayQueue, CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            new TierCall("note whether commits are queued", lease.Session.Tenant), (inner, lease, mayQueue), static (s, cancel) => s.inner.SetAheadAsync(s.lease, s.mayQueue, cancel), cancellationToken);

    public IAsyncEnumerable<ColdSession> ListAheadAsync(bool unheldOnly, CancellationToken cancellationToken) =>
        pipeline.StreamAsync(new TierCall("list sessions that may be ahead", null), (inner, unheldOnly), static (s, cancel) => s.inner.ListAheadAsync(s.unheldOnly, cancel), cancellationToken);
}
