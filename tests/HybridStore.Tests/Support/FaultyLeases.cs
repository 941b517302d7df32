using HybridStore.Tiers;

namespace HybridStore.Tests.Support;

/// <summary>The leases of a real cold tier, counted, and made to fail or to hang.</summary>
internal sealed class FaultyLeases(FaultyColdTier cold) : IColdLeases
{
    private IColdLeases Inner => cold.Inner.Leases;

    /// <summary>Called before each renewal: what it throws is what the renewal throws, and while it has not ended the renewal hangs.</summary>
    public Func<Task>? BeforeRenew { get; set; }

    /// <summary>Called after a lease was granted: what it throws is a lost reply.</summary>
    public Action? AfterAcquire { get; set; }

    /// <summary>Called before a lease is given back.</summary>
    public Action? OnRelease { get; set; }

    public int Acquisitions { get; private set; }

    /// <summary>How many leases each renewal was for.</summary>
    public List<int> Renewals { get; } = [];

    public async ValueTask<LeaseGrant> AcquireAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        Acquisitions++;
        var grant = await Inner.AcquireAsync(request, cancellationToken);
        AfterAcquire?.Invoke();
        return grant;
    }

    public ValueTask<IReadOnlyList<bool>> RenewAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken)
    {
        Renewals.Add(leases.Count);
        if (BeforeRenew is { } before)
            return RenewLateAsync(before, leases, duration, cancellationToken);

        // Done when the call returns, so that a test which moves the clock finds it done.
#pragma warning disable RS0030 // The tier works on a thread of its own.
        return ValueTask.FromResult(Inner.RenewAsync(leases, duration, cancellationToken).AsTask().GetAwaiter().GetResult());
#pragma warning restore RS0030
    }

    public ValueTask<bool> ReleaseAsync(LeaseRef lease, bool drained, CancellationToken cancellationToken)
    {
        OnRelease?.Invoke();
        return Inner.ReleaseAsync(lease, drained, cancellationToken);
    }

    public ValueTask<bool> SetAheadAsync(LeaseRef lease, bool mayQueue, CancellationToken cancellationToken) => Inner.SetAheadAsync(lease, mayQueue, cancellationToken);

    public IAsyncEnumerable<ColdSession> ListAheadAsync(bool unheldOnly, CancellationToken cancellationToken) => Inner.ListAheadAsync(unheldOnly, cancellationToken);

    private async ValueTask<IReadOnlyList<bool>> RenewLateAsync(
        Func<Task> before, IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken)
    {
        await before();
        return await Inner.RenewAsync(leases, duration, cancellationToken);
    }
}
