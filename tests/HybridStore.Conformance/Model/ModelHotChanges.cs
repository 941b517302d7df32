using HybridStore.Tiers;

namespace HybridStore.Conformance;

/// <summary>The messages that one process gets from a <see cref="ModelHotServer"/>.</summary>
internal sealed class ModelHotChanges(ModelHotTier tier) : IHotChanges
{
    public ValueTask<IAsyncDisposable> SubscribeAsync(AuthSessionId session, Action<HotChange> onChange, CancellationToken cancellationToken)
    {
        ColdInput.Check(session);
        ArgumentNullException.ThrowIfNull(onChange);
        return SubscribeAsync(new ModelHotSubscription(tier.Server, session, onChange), cancellationToken);
    }

    private async ValueTask<IAsyncDisposable> SubscribeAsync(ModelHotSubscription subscription, CancellationToken cancellationToken)
    {
        await tier.AskAsync(TierOperation.Subscribe, static _ => true, cancellationToken);
        tier.Server.Subscribe(subscription);
        return subscription;
    }
}
