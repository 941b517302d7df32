using HybridStore.Tiers;

namespace HybridStore.Conformance;

/// <summary>Messages of a real hot tier behind a probe.</summary>
internal sealed class FaultyHotChanges(IHotChanges inner, TierProbe probe) : IHotChanges
{
    public async ValueTask<IAsyncDisposable> SubscribeAsync(AuthSessionId session, Action<HotChange> onChange, CancellationToken cancellationToken)
    {
        await probe.EnterAsync(TierOperation.Subscribe);
        var subscription = await inner.SubscribeAsync(session, onChange, cancellationToken);
        await probe.LeaveAsync(TierOperation.Subscribe);
        return subscription;
    }
}
