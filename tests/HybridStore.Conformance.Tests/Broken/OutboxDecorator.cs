using HybridStore.Tiers;

namespace HybridStore.Conformance.Tests.Broken;

/// <summary>A hot tier whose outbox passes everything on, with what each broken one changes.</summary>
internal abstract class OutboxDecorator(IHotTier inner) : HotDecorator(inner), IHotOutbox
{
    public override IHotOutbox Outbox => this;

    public bool KeepsEverything => Real.KeepsEverything;

    protected IHotOutbox Real => Inner.Outbox!;

    public virtual ValueTask<HotQueueResult> QueueAsync(QueuedCommit commit, CancellationToken cancellationToken) => Real.QueueAsync(commit, cancellationToken);

    public virtual ValueTask<long?> AdoptAsync(HotAdoption adoption, CancellationToken cancellationToken) => Real.AdoptAsync(adoption, cancellationToken);

    public virtual ValueTask<IReadOnlyList<OutboxEntry>> ReadAsync(AuthSessionId session, long aboveVersion, int limit, CancellationToken cancellationToken) =>
        Real.ReadAsync(session, aboveVersion, limit, cancellationToken);

    public virtual ValueTask AcknowledgeAsync(LeaseRef lease, long incarnation, long throughVersion, CancellationToken cancellationToken) =>
        Real.AcknowledgeAsync(lease, incarnation, throughVersion, cancellationToken);

    public virtual ValueTask<IReadOnlyList<bool?>> RenewAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken) =>
        Real.RenewAsync(leases, duration, cancellationToken);

    public virtual ValueTask ReleaseAsync(LeaseRef lease, CancellationToken cancellationToken) => Real.ReleaseAsync(lease, cancellationToken);

    public virtual ValueTask<bool> ParkAsync(LeaseRef lease, ParkedEntry? entry, CancellationToken cancellationToken) => Real.ParkAsync(lease, entry, cancellationToken);

    public virtual ValueTask DiscardAsync(LeaseRef session, long throughIncarnation, CancellationToken cancellationToken) =>
        Real.DiscardAsync(session, throughIncarnation, cancellationToken);
}
