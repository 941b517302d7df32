using System.Text;
using HybridStore.Tiers;

namespace HybridStore.Conformance;

/// <summary>The leases of a <see cref="FaultyColdTier"/>, behind the same probe.</summary>
internal sealed class FaultyColdLeases(FaultyColdTier tier) : IColdLeases
{
    public async ValueTask<LeaseGrant> AcquireAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        await tier.Probe.EnterAsync(TierOperation.AcquireLease);
        tier.Probe.Carry(Encoding.UTF8.GetBytes(request.Holder), down: true);
        var grant = await tier.Inner.Leases.AcquireAsync(request, cancellationToken);
        await tier.Probe.LeaveAsync(TierOperation.AcquireLease);
        return grant;
    }

    public async ValueTask<IReadOnlyList<bool>> RenewAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken)
    {
        await tier.Probe.EnterAsync(TierOperation.RenewLeases);
        var renewed = await tier.Inner.Leases.RenewAsync(leases, duration, cancellationToken);
        await tier.Probe.LeaveAsync(TierOperation.RenewLeases);
        return renewed;
    }

    public async ValueTask<bool> ReleaseAsync(LeaseRef lease, bool drained, CancellationToken cancellationToken)
    {
        await tier.Probe.EnterAsync(TierOperation.ReleaseLease);
        var released = await tier.Inner.Leases.ReleaseAsync(lease, drained, cancellationToken);
        await tier.Probe.LeaveAsync(TierOperation.ReleaseLease);
        return released;
    }

    public async ValueTask<bool> SetAheadAsync(LeaseRef lease, bool mayQueue, CancellationToken cancellationToken)
    {
        await tier.Probe.EnterAsync(TierOperation.SetAhead);
        var held = await tier.Inner.Leases.SetAheadAsync(lease, mayQueue, cancellationToken);
        await tier.Probe.LeaveAsync(TierOperation.SetAhead);
        return held;
    }

    public IAsyncEnumerable<ColdSession> ListAheadAsync(bool unheldOnly, CancellationToken cancellationToken) => tier.Inner.Leases.ListAheadAsync(unheldOnly, cancellationToken);
}
