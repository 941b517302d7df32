using HybridStore.Tiers;

namespace HybridStore.Conformance;

/// <summary>The outbox of a <see cref="ModelHotServer"/>, as one process reaches it.</summary>
internal sealed class ModelHotOutbox(ModelHotTier tier) : IHotOutbox
{
    public bool KeepsEverything => tier.Server.KeepsEverything;

    public ValueTask<HotQueueResult> QueueAsync(QueuedCommit commit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commit);
        ColdInput.Check(commit.Session);
        if (commit.Patches.Count == 0 || commit.Patches.Any(static p => p.Predecessor is not { } predecessor || p.Version <= predecessor))
            throw new ArgumentException("Queued patches need a predecessor, and lead upwards.", nameof(commit));
        return tier.AskAsync(
            TierOperation.Queue,
            step => step.Get(commit.Session).Queue(commit, step),
            e => new CommitOutcomeUnknownException(commit.Session, commit.Patches[^1].CommitId, e),
            cancellationToken);
    }

    public ValueTask<long?> AdoptAsync(HotAdoption adoption, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(adoption);
        // From when it was sent, not from when it arrives: the way may be long.
        var deadline = tier.Server.Now + adoption.ValidFor;
        return tier.AskAsync(
            TierOperation.Adopt, step => step.Now < deadline ? step.Get(adoption.Session).Adopt(adoption, step) : null, cancellationToken);
    }

    public ValueTask<IReadOnlyList<OutboxEntry>> ReadAsync(AuthSessionId session, long aboveVersion, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return tier.AskAsync(TierOperation.ReadOutbox, step => step.Find(session)?.ReadOutbox(aboveVersion, limit) ?? [], cancellationToken);
    }

    public async ValueTask AcknowledgeAsync(LeaseRef lease, long incarnation, long throughVersion, CancellationToken cancellationToken) =>
        await tier.AskAsync(TierOperation.Acknowledge, step => step.Find(lease.Session)?.Acknowledge(lease.Epoch, incarnation, throughVersion), cancellationToken);

    public ValueTask<IReadOnlyList<bool?>> RenewAsync(IReadOnlyList<LeaseRef> leases, TimeSpan duration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(leases);
        return tier.AskAsync<IReadOnlyList<bool?>>(
            TierOperation.RenewInHot, step => [.. leases.Select(l => step.Find(l.Session)?.Renew(l.Epoch, step.Now + duration))], cancellationToken);
    }

    public async ValueTask ReleaseAsync(LeaseRef lease, CancellationToken cancellationToken) =>
        await tier.AskAsync(TierOperation.ReleaseInHot, step => step.Find(lease.Session)?.Release(lease.Epoch), cancellationToken);

    public ValueTask<bool> ParkAsync(LeaseRef lease, ParkedEntry? entry, CancellationToken cancellationToken) =>
        tier.AskAsync(TierOperation.Park, step => step.Find(lease.Session)?.Park(lease.Epoch, entry) ?? false, cancellationToken);

    public async ValueTask DiscardAsync(LeaseRef session, long throughIncarnation, CancellationToken cancellationToken) =>
        await tier.AskAsync(
            TierOperation.Discard,
            step =>
            {
                step.Tell(session.Session, HotChange.Unknown);
                return step.Get(session.Session).Discard(session.Epoch, throughIncarnation, step);
            },
            cancellationToken);
}
