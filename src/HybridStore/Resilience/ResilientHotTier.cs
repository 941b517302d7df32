using HybridStore.Tiers;

namespace HybridStore.Resilience;

/// <summary>A hot tier behind its pipeline. What the store can do without is not tried again: cold is there.</summary>
internal sealed class ResilientHotTier(IHotTier inner, TierPipeline pipeline) : IHotTier
{
    /// <summary>The tier itself, for calls that <see cref="TierPipeline.TryBegin"/> allows.</summary>
    public IHotTier Inner => inner;

    public string Name => inner.Name;

    public string RunId => inner.RunId;

    public TimeSpan CallTimeout => inner.CallTimeout;

    public IHotOutbox? Outbox { get; } = inner.Outbox is { } outbox ? new ResilientHotOutbox(outbox, pipeline) : null;

    // What it tells only makes fresher what is bounded anyway, and it comes by itself.
    public IHotChanges? Changes => inner.Changes;

    public IReadOnlyList<string> Remnants => inner.Remnants;

    public ValueTask<HotRead> ReadAsync(AuthSessionId session, IReadOnlyList<AuthKey> keys, bool withDataKeys, CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            new TierCall("read", session.Tenant, MayRetry: false),
            (inner, session, keys, withDataKeys),
            static (s, cancel) => s.inner.ReadAsync(s.session, s.keys, s.withDataKeys, cancel),
            cancellationToken);

    public ValueTask<bool> FillAsync(HotFill fill, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fill);
        return pipeline.RunAsync(new TierCall("fill", fill.Session.Tenant, MayRetry: false), (inner, fill), static (s, cancel) => s.inner.FillAsync(s.fill, cancel), cancellationToken);
    }

    public ValueTask<bool> ApplyAsync(HotApply apply, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(apply);
        return pipeline.RunAsync(new TierCall("apply", apply.Session.Tenant, MayRetry: false), (inner, apply), static (s, cancel) => s.inner.ApplyAsync(s.apply, cancel), cancellationToken);
    }

    public async ValueTask EvictAsync(AuthSessionId session, CancellationToken cancellationToken) =>
        _ = await pipeline.RunAsync(
            new TierCall("evict", session.Tenant),
            (inner, session),
            static async (s, cancel) =>
            {
                await s.inner.EvictAsync(s.session, cancel).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);

    public ValueTask<HotInstallation> InstallEpochAsync(LeaseRef lease, TimeSpan vouchesFor, CancellationToken cancellationToken) =>
        pipeline.RunAsync(
            new TierCall("install an epoch", lease.Session.Tenant, MayRetry: false),
            (inner, lease, vouchesFor),
            static (s, cancel) => s.inner.InstallEpochAsync(s.lease, s.vouchesFor, cancel),
            cancellationToken);

    // Who looks into it wants to know how it is, whatever the breaker says.
    public ValueTask<IReadOnlyList<HotFinding>> InspectAsync(CancellationToken cancellationToken) => inner.InspectAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
